import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { checkTemplates } from '../../core/check/check-templates.js';
import { deepFreeze } from '../../core/config/deep-freeze.js';
import { Substitution } from '../../core/template/substitution.js';
import { templateFiles } from '../../core/template/template-files.js';
import { loadTemplates } from '../../core/template/template-loader.js';
import { ruleWorld } from '../support/rule-world.js';
import { median, table } from './figures.js';

const SAMPLES = ['config/templates', 'test/core/check-good'].map((folder) =>
  fileURLToPath(new URL(`../../../${folder}`, import.meta.url)),
);
const TEMPLATES = 1_000;
const ROUNDS = 3;
const FILL_ROUNDS = 5;
const FILLS = 20_000;

/** A thousand templates, each of another name and with words of its own: the samples in turn. */
function writeTemplates(dir: string): string[] {
  const samples = templateFiles(SAMPLES).files.map((file) => readFileSync(file, 'utf8'));
  mkdirSync(dir, { recursive: true });
  return Array.from({ length: TEMPLATES }, (_, at) => {
    const file = join(dir, `t${String(at).padStart(4, '0')}.yaml`);
    const text = samples[at % samples.length]!;
    const own = text
      .replace(/^template: (.*)$/gm, `template: $1_${at}`)
      .replaceAll('incoming.main.from.#', `incoming.main.from.${at}`)
      .replaceAll('stub.data.', `stub.data.of_${at}_`)
      .replaceAll('title: ', `title: ${at} `);
    writeFileSync(file, own);
    return file;
  });
}

async function took(work: () => unknown): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Loading, and checking with every rule, as a multiple of what the yaml package takes to parse the same text. */
export async function templateBench(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'stubwire-templates-'));
  try {
    const files = writeTemplates(dir);
    const options = await ruleWorld();
    const work = {
      yaml: () => files.map((file) => parseAllDocuments(readFileSync(file, 'utf8'))),
      load: () => loadTemplates(files, options.vocabulary),
      check: () => checkTemplates(files, options),
    };
    const ms: Record<keyof typeof work, number[]> = { yaml: [], load: [], check: [] };
    for (let round = 0; round < ROUNDS; round++)
      for (const [name, run] of Object.entries(work)) ms[name as keyof typeof work].push(await took(run));
    const yaml = median(ms.yaml);
    const row = (name: string, each: number) => [name, each.toFixed(0), (each / yaml).toFixed(2)];
    const templates = table([
      [`${TEMPLATES} templates`, 'ms', 'of yaml'],
      row('parse with yaml', yaml),
      row('load', median(ms.load)),
      row('check', median(ms.check)),
    ]);
    return `${templates}\n\n${await fillingBench()}`;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Filling in one small notification, as a multiple of copying it through JSON. */
async function fillingBench(): Promise<string> {
  const notification = deepFreeze({
    message_type: 'text',
    params: { text: { body: 'Arrives {{stubpost.data.eta}}. {{stubpost.message}}' } },
    stubsession: { hours: 24 },
  });
  const roots = { stubpost: { message: 'Tom & "Jerry" <b>', data: { eta: 'today' } } };
  const substitution = new Substitution();
  const work = {
    copy: () => JSON.parse(JSON.stringify(notification)),
    fill: () => substitution.fill(notification, roots, { atMs: 0 }),
  };
  const us: Record<keyof typeof work, number[]> = { copy: [], fill: [] };
  for (let round = 0; round < FILL_ROUNDS; round++)
    for (const [name, run] of Object.entries(work)) {
      const ms = await took(() => {
        for (let at = 0; at < FILLS; at++) run();
      });
      us[name as keyof typeof work].push((ms * 1_000) / FILLS);
    }
  const copy = median(us.copy);
  const row = (name: string, each: number) => [name, each.toFixed(2), (each / copy).toFixed(2)];
  return table([
    ['one notification', 'µs', 'of a copy'],
    row('copy through JSON', copy),
    row('fill in', median(us.fill)),
  ]);
}
