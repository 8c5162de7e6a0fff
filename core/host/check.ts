import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Container } from 'inversify';
import {
  type CheckFinding,
  countsOf,
  ERROR_RULES,
  findingOf,
  type RuleText,
  sortedFindings,
} from '../check/check-finding.js';
import { checkTemplates, IGNORED_KEYS } from '../check/check-templates.js';
import { checkJson } from '../check/findings-json.js';
import { checkSarif } from '../check/findings-sarif.js';
import { checkText } from '../check/findings-text.js';
import type { HostConfig } from '../config/host-config.js';
import { listed } from '../config/nearest.js';
import { TemplateCheck } from '../contract/template-check.js';
import { StubwireError } from '../errors.js';
import { createLogger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import { RedisTarget } from '../redis/redis-target.js';
import { templateFiles } from '../template/template-files.js';
import { assemblePlugins, vocabularyOf } from './assemble.js';
import { productVersion } from './product-version.js';
import { readConfig } from './read-config.js';
import { RedisSource } from './redis-source.js';

/** How long Redis has to answer before what is stored is passed over, ms. */
const REDIS_MS = 1_500;
/** Names of templates that are listed; more are counted. */
const MAX_LISTED = 20;

export const CHECK_FORMATS = ['text', 'json', 'sarif'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

export interface CheckOptions {
  readonly config: string;
  /** Template files and folders of them; none: those of the configuration. */
  readonly files: readonly string[];
  readonly format: CheckFormat;
  /** More warnings than these count as errors. */
  readonly maxWarnings?: number;
}

export interface CheckReport {
  readonly text: string;
  /** 0: clean, warnings allowed; 1: errors, or too many warnings. What cannot run throws. */
  readonly exitCode: 0 | 1;
}

/**
 * `stubwire check`: everything that a start reads, everything that rules say about the templates, and nothing that it
 * starts. What is stored is looked at only where Redis answers. Throws where configuration or plugins are wrong.
 */
export async function check({ config: configFile, files, format, maxWarnings }: CheckOptions): Promise<CheckReport> {
  const config = await readConfig(configFile);
  const log = createLogger('silent');
  const container = await assemblePlugins({ config, log, target: new RedisSource(config.redis, log).target });
  try {
    const own = templateFiles([config.templates]);
    const named = files.length === 0 ? own : templateFiles(files);
    const paths = named.files.map((file) => resolve(file));
    const { templates, findings: found } = await checkTemplates(named.files, {
      vocabulary: vocabularyOf(container),
      rules: container.getAll(TemplateCheck),
      org: config.org,
      storeAnswers: await storeAnswers(config, container),
      context: own.files.filter((file) => !paths.includes(resolve(file))),
    });
    const findings = sortedFindings([...named.problems.map(findingOf), ...found]);
    const names = templates.map(({ outline }) => outline.name);
    const right = `All is right: ${configFile}, ${config.plugins.length} plugins, ${templatesIn(names)}.`;
    const { error, warning } = countsOf(findings);
    return {
      text: formatted(findings, format, container, { right, files: named.files.length }),
      exitCode: error > 0 || warning > (maxWarnings ?? warning) ? 1 : 0,
    };
  } finally {
    await container.get(RedisConnection).close();
  }
}

const templatesIn = (names: readonly string[]): string =>
  names.length > MAX_LISTED ? `${names.length} templates` : `templates ${listed(names)}`;

function formatted(
  findings: readonly CheckFinding[],
  format: CheckFormat,
  container: Container,
  about: { readonly right: string; readonly files: number },
): string {
  if (format === 'text') return checkText(findings, about);
  if (format === 'json') return checkJson(findings);
  const rules: readonly RuleText[] = [...ERROR_RULES, IGNORED_KEYS, ...container.getAll(TemplateCheck)];
  return checkSarif(findings, rules, productVersion());
}

async function storeAnswers({ redis }: HostConfig, container: Container): Promise<boolean> {
  const { options } = container.get(RedisTarget);
  if (redis.url === '' && !existsSync(options.path!)) return false;
  const connection = container.get(RedisConnection);
  try {
    await connection.orAway(connection.client.ping(), REDIS_MS);
    return true;
  } catch (error) {
    if (error instanceof StubwireError && error.code === 'store_away') return false;
    throw error;
  }
}
