import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Container } from 'inversify';
import {
  type CheckFinding,
  countsOf,
  ERROR_RULES,
  findingOf,
  type RuleText,
  sortedFindings,
} from '../check/check-finding.js';
import { checkStories } from '../check/check-stories.js';
import { checkTemplates } from '../check/check-templates.js';
import { checkJson } from '../check/findings-json.js';
import { checkSarif } from '../check/findings-sarif.js';
import { checkText } from '../check/findings-text.js';
import type { HostConfig } from '../config/host-config.js';
import { listed } from '../config/nearest.js';
import { shownFile } from '../config/problem.js';
import { TemplateCheck } from '../contract/template-check.js';
import { StubwireError } from '../errors.js';
import { assemblePlugins, vocabularyOf } from '../host/assemble.js';
import { productVersion } from '../host/product-version.js';
import { readConfig } from '../host/read-config.js';
import { RedisSource } from '../host/redis-source.js';
import { createLogger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import { RedisTarget } from '../redis/redis-target.js';
import { isStoryFile, storyFiles } from '../story/story-files.js';
import { type TemplateFiles, templateFiles } from '../template/template-files.js';
import { type CommandContext, configOption, orCouldNotRun, wholeNumber } from './command-context.js';

interface CheckFlags {
  readonly config: string;
  readonly format: CheckFormat;
  readonly maxWarnings?: number;
  readonly strict?: true;
}

/** `stubwire check`. */
export const checkCommand = ({ end }: CommandContext): Command =>
  new Command('check')
    .description('check the configuration, the plugins and stub templates, and start nothing')
    .argument('[files...]', 'stub templates, or folders of them; without: those of the configuration')
    .addOption(configOption())
    .addOption(new Option('--format <format>', 'how to print what is found').choices(CHECK_FORMATS).default('text'))
    .option('--max-warnings <number>', 'end with exit code 1 when there are more', wholeNumber)
    .option('--strict', 'as --max-warnings 0')
    .exitOverride()
    .action(async (files: string[], { strict, ...options }: CheckFlags) => {
      const limit = strict && { maxWarnings: 0 };
      end(await orCouldNotRun(() => printed({ ...options, ...limit, files })));
    });

async function printed(options: CheckOptions): Promise<number> {
  const { text, exitCode, basis } = await check(options);
  console.log(text);
  if (options.format === 'text') console.error(basis); // standard output holds findings only
  return exitCode;
}

/** How long Redis has to answer before what is stored is passed over, ms. */
const REDIS_MS = 1_500;
/** Names of templates that are listed; more are counted. */
const MAX_LISTED = 20;

const CHECK_FORMATS = ['text', 'json', 'sarif'] as const;
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
  /** What the templates were checked against, for people. */
  readonly basis: string;
  /** 0: no errors, and no more warnings than allowed; else 1. What cannot run throws. */
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
    const started = templateFiles([config.templates]);
    // The configuration is checked by now, so that its folder may be named too.
    const named = files.length === 0 ? started : templateFiles(files, configFile);
    const vocabulary = vocabularyOf(container);
    const hasStore = await storeAnswers(config, container);
    const checked = await checkTemplates(resolved(named), {
      vocabulary,
      rules: container.getAll(TemplateCheck),
      org: config.org,
      storeAnswers: hasStore,
      started: resolved(started),
    });
    const none = named.empty.map((folder) => noTemplates(folder, files.length > 0));
    const stories = storyFiles(files.length === 0 ? [config.templates] : files).files.filter(isStoryFile);
    const findings = sortedFindings([
      ...named.problems.map(findingOf),
      ...none,
      ...checked.findings,
      ...checkStories(stories, checked, vocabulary.feedbackActions),
    ]);
    const { error, warning } = countsOf(findings);
    const parts = [`${config.plugins.length} plugins`, ...templatesIn(checked.names), ...storiesIn(stories)];
    const right = `All is right: ${[configFile, ...parts].join(', ')}.`;
    return {
      text: formatted(findings, format, container, { right, files: named.files.length + stories.length }),
      basis: basisOf(configFile, hasStore),
      exitCode: error > 0 || warning > (maxWarnings ?? warning) ? 1 : 0,
    };
  } finally {
    await container.get(RedisConnection).close();
  }
}

/** After a change of the configuration, `check` and the running program disagree until a restart. */
const basisOf = (configFile: string, hasStore: boolean): string =>
  `Checked against ${shownFile(configFile)} as it is now, ${hasStore ? 'and against what is stored in Redis. A running program still uses the configuration of its start' : 'without Redis: stored data was not checked'}.`;

const resolved = ({ files }: TemplateFiles): string[] => [...new Set(files.map((file) => resolve(file)))];

export const NO_TEMPLATES: RuleText = {
  id: 'no-templates',
  level: 'warning',
  means: 'A folder has no template in it',
  help: 'A folder stands for its own files that end in .yaml, .yml or .json. Name the folders in it one by one.',
};

/** Whoever names a folder means that something is checked; a host may begin with none. */
function noTemplates(folder: string, isNamed: boolean): CheckFinding {
  const message = `${shownFile(folder)} has no template in it: no file that ends in .yaml, .yml or .json (.test.yaml are stories; folders in it are not read). Name the folder of the templates.`;
  return { level: isNamed ? 'error' : 'warning', rule: NO_TEMPLATES.id, message, place: { file: folder } };
}

function templatesIn(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [names.length > MAX_LISTED ? `${names.length} templates` : `templates ${listed(names)}`];
}

const storiesIn = ({ length }: readonly string[]): string[] =>
  length === 0 ? [] : [`${length} ${length === 1 ? 'file' : 'files'} of stories`];

function formatted(
  findings: readonly CheckFinding[],
  format: CheckFormat,
  container: Container,
  about: { readonly right: string; readonly files: number },
): string {
  if (format === 'text') return checkText(findings, about);
  if (format === 'json') return checkJson(findings);
  const rules = [...ERROR_RULES, NO_TEMPLATES, ...container.getAll(TemplateCheck)];
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
