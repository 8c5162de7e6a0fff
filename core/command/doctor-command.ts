import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Container } from 'inversify';
import { UnattendedMail } from '../actor/unattended-mail.js';
import type { HostConfig } from '../config/host-config.js';
import { listed } from '../config/nearest.js';
import { formatProblem, formatProblems } from '../config/problem.js';
import { Diagnosis, type Finding } from '../contract/diagnosis.js';
import { ProblemsError, StubwireError } from '../errors.js';
import { assemble } from '../host/assemble.js';
import { onPort, readConfig } from '../host/read-config.js';
import { RedisSource } from '../host/redis-source.js';
import { LaneDiagnosis } from '../notification/lane-diagnosis.js';
import { createLogger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import type { RedisTarget } from '../redis/redis-target.js';
import { checkSettings } from '../redis/settings-check.js';
import { storeRefusal } from '../redis/store-refusal.js';
import { MissingTemplates } from '../reload/missing-templates.js';
import { TemplateLedger } from '../reload/template-ledger.js';
import { Templates } from '../template/templates.js';
import { type CommandContext, configOption, portOption } from './command-context.js';

/** `stubwire doctor`. */
export const doctorCommand = ({ end }: CommandContext): Command =>
  new Command('doctor')
    .description('look at the installation and at what it reaches, and start nothing')
    .addOption(configOption())
    .addOption(portOption('where the program listens, if it was started with --port'))
    .action(async (options: { config: string; port?: number }) => {
      const { text, hasProblem } = await doctor(options.config, options.port);
      console.log(text);
      if (hasProblem) end(1);
    });

/** How long Redis has to answer, ms. */
const REDIS_MS = 3_000;

/** All that was looked at, to be printed, and whether something stands in the way. */
export interface Report {
  readonly text: string;
  readonly hasProblem: boolean;
}

interface Section {
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** `stubwire doctor`: looks at the installation and at what it reaches. It starts nothing and changes nothing. */
export async function doctor(configFile: string, port?: number): Promise<Report> {
  const sections: Section[] = [{ name: 'node', findings: [nodeFinding()] }];
  try {
    const config = onPort(await readConfig(configFile), port);
    const log = createLogger('silent');
    const { target } = new RedisSource(config.redis, log);
    const container = await assemble({ config, log, target });
    sections.push({ name: 'configuration', findings: [configFinding(configFile, config)] });
    sections.push({ name: 'stub templates', findings: templateFindings(container) });
    sections.push({ name: 'redis', findings: await redisFindings(config, target, container) });
    for (const diagnosis of container.isBound(Diagnosis) ? container.getAll(Diagnosis) : []) {
      sections.push({ name: diagnosis.name, findings: await run(diagnosis) });
    }
  } catch (error) {
    if (!(error instanceof ProblemsError || error instanceof StubwireError)) throw error;
    const todo = 'Mend this first; then run it again for the rest.';
    sections.push({ name: 'configuration', findings: [{ level: 'problem', message: formatProblems(error), todo }] });
  }
  return reportOf(sections);
}

function nodeFinding(): Finding {
  const { engines } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    readonly engines: { readonly node: string };
  };
  const wanted = engines.node.replace('>=', '');
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor))
    return { level: 'ok', message: `Node ${process.versions.node}, ${wanted} or newer is needed` };
  const message = `Node ${process.versions.node} is too old: ${wanted} or newer is needed`;
  return { level: 'problem', message, todo: 'Install it from https://nodejs.org.' };
}

function configFinding(file: string, { plugins }: HostConfig): Finding {
  return { level: 'ok', message: `${file}: plugins ${listed(plugins.map(({ name }) => name))}` };
}

function templateFindings(container: Container): readonly Finding[] {
  const refused = container.get(TemplateLedger).refused();
  const todo = 'The program starts without this file. Correct it; stubwire check shows all problems of all files.';
  return [
    { level: 'ok', message: listed(container.get(Templates).names()) },
    ...refused.map(({ problems }): Finding => ({ level: 'problem', message: formatProblem(problems[0]!), todo })),
  ];
}

async function redisFindings(
  { redis }: HostConfig,
  { options }: RedisTarget,
  container: Container,
): Promise<readonly Finding[]> {
  const isEmbedded = redis.url === '';
  const name = isEmbedded ? `the embedded one in ${redis.data_dir}` : 'the one of redis.url';
  const notRunning: Finding = { level: 'ok', message: `${name} does not run; it starts with "npm start"` };
  if (isEmbedded && !existsSync(options.path!)) return [notRunning];
  const connection = container.get(RedisConnection);
  try {
    const warnings = await connection.orAway(checkSettings(connection.client), REDIS_MS);
    await connection.probe(REDIS_MS);
    const templates = container.get(MissingTemplates);
    const missing = await connection.orAway(templates.find(), REDIS_MS);
    const unattended = await connection.orAway(container.get(UnattendedMail).problem(), REDIS_MS);
    return [
      { level: 'ok', message: `${name} answers, and throws nothing away` },
      ...warnings.map((message): Finding => ({ level: 'warning', message })),
      ...(missing.length > 0 ? [{ level: 'problem' as const, message: templates.describe(missing) }] : []),
      ...(unattended === undefined ? [] : [{ level: 'problem' as const, message: unattended }]),
      ...(await connection.orAway(container.get(LaneDiagnosis).run(), REDIS_MS)),
    ];
  } catch (error) {
    if (!(error instanceof StubwireError)) throw error;
    if (error.code !== 'store_away' || storeRefusal(error)) return [{ level: 'problem', message: error.message }];
    if (isEmbedded) return [notRunning];
    const todo = 'Start it, or mend redis.url (REDIS_URL); leave it empty for the embedded one.';
    return [{ level: 'problem', message: `${name} does not answer within ${REDIS_MS} ms`, todo }];
  } finally {
    await connection.close();
  }
}

async function run(diagnosis: Diagnosis): Promise<readonly Finding[]> {
  try {
    return await diagnosis.run();
  } catch (error) {
    return [{ level: 'problem', message: `This could not be looked at: ${(error as Error).message}` }];
  }
}

function reportOf(sections: readonly Section[]): Report {
  const findings = sections.flatMap((section) => section.findings);
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const lines = sections.flatMap(({ name, findings: found }) => [name, ...found.map(linesOf)]);
  const counted = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const end =
    problems + warnings === 0 ? 'All is well.' : `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`;
  return { text: [...lines, end].join('\n'), hasProblem: problems > 0 };
}

function linesOf({ level, message, todo }: Finding): string {
  const indented = (text: string, by: string) => text.replaceAll('\n', `\n${by}`);
  const head = `  ${level.padEnd(7)}  ${indented(message, ' '.repeat(11))}`;
  return todo === undefined ? head : `${head}\n${' '.repeat(11)}${indented(todo, ' '.repeat(11))}`;
}
