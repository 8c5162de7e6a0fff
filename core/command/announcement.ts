import { formatProblem, shownFile } from '../config/problem.js';
import type { Program } from '../host/boot.js';

/** What `stubwire start` prints about itself, at every log level. */
export interface Announcement {
  ready(program: Program, seconds: number): void;
  stopping(): void;
  stopped(): void;
}

/** Plain lines on a terminal; log lines if a program collects the output. */
export const announcement = (program: Program, isTerminal: boolean): Announcement =>
  isTerminal ? onTerminal((text) => console.log(text)) : inLog(program);

export function onTerminal(say: (text: string) => void): Announcement {
  return {
    ready: (program, seconds) => say(banner(program, seconds)),
    stopping: () => say('Stopping: finishing the current work (press Ctrl-C again to stop at once) …'),
    stopped: () => say('Stopped.'),
  };
}

function inLog({ log }: Program): Announcement {
  const lines = log.child({}, { level: 'info' });
  return {
    ready: ({ url, pages, watches }, seconds) =>
      lines.info(
        { ...(url && { url, pages: pages.map(({ path }) => `${url}${path}`) }), ...(watches && { watches }) },
        readyLine(url, seconds),
      ),
    stopping: () => lines.info('Stopping: finishing the current work'),
    stopped: () => lines.info('Stopped'),
  };
}

function banner({ url, pages, watches, refused, waiting }: Program, seconds: number): string {
  const width = Math.max(...pages.map(({ title }) => title.length));
  const lines = pages.map(({ path, title }) => `  ${title.padEnd(width)}  ${url}${path}`);
  const watching =
    watches === undefined ? [] : [`Templates in ${shownFile(watches)} are watched: changed files are loaded at once.`];
  const warned = warnings(refused, waiting, watches !== undefined);
  return [readyLine(url, seconds), ...lines, ...watching, RESTART, ...warned, 'Press Ctrl-C to stop.'].join('\n');
}

const RESTART = 'Changes of the configuration need a restart.';

const readyLine = (url: string | undefined, seconds: number): string =>
  `Stubwire is ready in ${seconds.toFixed(1)} s${url ? `: ${url}` : ''}`;

/** Problems that the banner shows; `stubwire check` shows all. */
const MAX_PROBLEMS = 20;

/** The program runs without template files that have problems, so the warning must be conspicuous. */
function warnings(refused: Program['refused'], waiting: string | undefined, isWatched: boolean): string[] {
  if (refused.length === 0) return waiting === undefined ? [] : ['', `WARNING: ${waiting}`, ''];
  const problems = refused.flatMap((file) => file.problems);
  const files = refused.length === 1 ? '1 template file is' : `${refused.length} template files are`;
  const todo = isWatched
    ? 'Once corrected, it is loaded without a restart.'
    : 'templates_watch is off: correct it, then restart.';
  return [
    '',
    `WARNING: ${files} NOT LOADED. ${todo}`,
    ...problems.slice(0, MAX_PROBLEMS).map(formatProblem),
    ...(problems.length > MAX_PROBLEMS
      ? [`… and ${problems.length - MAX_PROBLEMS} more: see npx stubwire check.`]
      : []),
    ...(waiting === undefined ? [] : [`WARNING: ${waiting}`]),
    '',
  ];
}
