import { parseArgs } from 'node:util';
import { actionBench } from './action-bench.js';
import { eventBench } from './event-bench.js';
import { storyBench } from './story-bench.js';
import { templateBench } from './template-bench.js';
import { w1Bench } from './w1-bench.js';

/** What can be measured, each beside a yardstick of its own; false: something was not exact. */
const BENCHES: { readonly [name: string]: () => Promise<boolean> } = {
  w1: runW1,
  templates: runTemplates,
  actions: runActions,
  events: runEvents,
  stories: runStories,
};

const USAGE = `npm run bench -- [${Object.keys(BENCHES).join(' | ')}] [--rounds 3] [--messages 8000] [--rate 100] [--no-profile] [--strict]
Measures what is named, or everything, as ratios to a yardstick that runs beside it. Fails when something was lost, doubled
or out of order; a missed target is printed and fails only with --strict, because other work on the machine can cause it.`;

const { values, positionals } = parseArgs({
  allowNegative: true,
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    messages: { type: 'string', default: '8000' },
    rate: { type: 'string', default: '100' },
    profile: { type: 'boolean', default: true },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((name) => !Object.hasOwn(BENCHES, name));
if (values.help || unknown !== undefined) {
  console.log(unknown === undefined ? USAGE : `There is no measurement "${unknown}".\n${USAGE}`);
  process.exit(unknown === undefined ? 0 : 1);
}

for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  console.log(`== ${name}`);
  if (!(await BENCHES[name]!())) process.exitCode = 1;
}

async function runW1(): Promise<boolean> {
  const [rounds, messages, rate] = [values.rounds, values.messages, values.rate].map(Number) as [
    number,
    number,
    number,
  ];
  const { exact, reached } = await w1Bench({ rounds, messages, rate, profile: values.profile });
  return exact && (reached || !values.strict);
}

async function runTemplates(): Promise<boolean> {
  console.log(await templateBench());
  return true;
}

async function runStories(): Promise<boolean> {
  console.log(await storyBench());
  return true;
}

async function runActions(): Promise<boolean> {
  console.log(await actionBench());
  return true;
}

async function runEvents(): Promise<boolean> {
  const { table, reached } = await eventBench();
  console.log(table);
  return reached || !values.strict;
}
