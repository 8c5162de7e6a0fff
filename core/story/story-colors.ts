const GREEN = '\u001b[32m';
const RED = '\u001b[31m';
const DIM = '\u001b[2m';
const END = '\u001b[0m';

/** What of the printed lines is green, red, or dim. The first that fits counts. */
const PAINTS: readonly (readonly [line: RegExp, color: string])[] = [
  [/^ {4}✓/, GREEN],
  [/^ {4}\d+\) .*/, RED],
  [/^ {2}\d+ passing/, GREEN],
  [/^ {2}\d+ failing/, RED],
  [/^ {7}expected(?= )/, GREEN],
  [/^ {7}seen(?= )/, RED],
  [
    /^ {5}(?:the stubs?|the chat with .*|where messages landed, and why|what has not left yet|what went wrong inside)$/,
    DIM,
  ],
];

/** The text of a run with colours, for a terminal. */
export const painted = (text: string): string => text.split('\n').map(paintedLine).join('\n');

function paintedLine(line: string): string {
  const paint = PAINTS.find(([pattern]) => pattern.test(line));
  return paint ? line.replace(paint[0], (part) => `${paint[1]}${part}${END}`) : line;
}
