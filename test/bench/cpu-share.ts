import { readFileSync } from 'node:fs';
import { table } from './figures.js';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Whose code a frame is: the first that its place matches. Time in native code (JSON, crypto) counts to its caller. */
const COMPONENTS: readonly (readonly [name: string, place: RegExp])[] = [
  ['bullmq', /node_modules\/(bullmq|msgpackr|cron-parser)\//],
  ['ioredis', /node_modules\/(ioredis|@ioredis|redis-parser|standard-as-callback|cluster-key-slot)\//],
  ['fastify', /node_modules\/(fastify|@fastify|find-my-way|avvio|light-my-request|secure-json-parse|fast-[^/]+)\//],
  ['undici', /node_modules\/undici\//],
  ['zod', /node_modules\/zod\//],
  ['other packages', /node_modules\//],
  ['actor runtime', /\/core\/(actor|queue)\//],
  ['redis, keys, scripts', /\/core\/redis\//],
  ['engine and events', /\/core\/(stub|template|heimdall|notification)\//],
  ['our HTTP', /\/core\/http\//],
  ['our rest of core', /\/core\//],
  ['meta_whatsapp', /\/plugins\//],
  ['node: streams, net, http', /^node:(_http|http|net|stream|internal\/(streams|stream_base|http))/],
  ['node: promises, timers, rest', /^node:/],
];

function componentOf({
  functionName,
  url,
}: {
  readonly functionName: string;
  readonly url: string;
}): string | undefined {
  if (functionName === '(idle)' || functionName === '(root)') return undefined;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'native: sockets, event loop';
  return COMPONENTS.find(([, place]) => place.test(url))?.[0] ?? 'built-in functions';
}

/** Self time by component and the heaviest functions, from `.cpuprofile` files; idle time is left out. */
export function cpuTable(files: readonly string[]): string {
  const byComponent = new Map<string, number>();
  const byFunction = new Map<string, number>();
  let busy = 0;
  for (const file of files) {
    const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
    const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
    profile.samples.forEach((id, at) => {
      const frame = frames.get(id)!;
      const component = componentOf(frame);
      if (!component) return;
      const spent = profile.timeDeltas[at]!;
      busy += spent;
      byComponent.set(component, (byComponent.get(component) ?? 0) + spent);
      const name = `${frame.functionName || 'anonymous'} (${frame.url.split('/').slice(-2).join('/') || 'native'})`;
      byFunction.set(name, (byFunction.get(name) ?? 0) + spent);
    });
  }
  const rows = (spent: Map<string, number>, atMost: number) =>
    [...spent]
      .sort(([, a], [, b]) => b - a)
      .slice(0, atMost)
      .map(([name, value]) => [name, `${((value * 100) / busy).toFixed(1)} %`]);
  const components = table([['engine, self time by component', 'share'], ...rows(byComponent, 20)]);
  return `${components}\n\n${table([['heaviest functions', 'share'], ...rows(byFunction, 15)])}`;
}
