import jsonata from 'jsonata';

interface Slip {
  readonly sign: RegExp;
  readonly says: string;
  /** As `String.replace` takes it. */
  readonly instead: string;
}

/** What people bring along from other languages. */
const SLIPS: readonly Slip[] = [
  { sign: /!={2,}/g, says: 'JSONata says != for unequal', instead: '!=' },
  { sign: /={2,3}/g, says: 'JSONata compares with a single =', instead: '=' },
  { sign: /&&/g, says: 'JSONata says "and"', instead: 'and' },
  { sign: /\|\|/g, says: 'JSONata says "or"', instead: 'or' },
  { sign: /!(?!=)\s*([\w.$]*)/g, says: 'JSONata says $not(…)', instead: '$$not($1)' },
  { sign: /\{\{|\}\}|~~/g, says: 'a condition is not filled in: it takes the path itself', instead: '' },
];
const QUOTED = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/;

/** What is wrong with the text of a condition, or undefined. It is read here and not evaluated. */
export function conditionProblem(condition: string): string | undefined {
  const refusal = refusalOf(condition);
  if (refusal === undefined) {
    if (!outsideQuotes(condition).some((part) => /\$eval\b/.test(part))) return undefined;
    return `The condition "${condition}" uses $eval, which is not there: a text from outside would run as a condition. Write the condition itself.`;
  }
  const slip = SLIPS.find(({ sign }) => outsideQuotes(condition).some((part) => part.search(sign) >= 0));
  if (slip === undefined)
    return `The condition "${condition}" is not JSONata: ${refusal}. A condition is for example: stub.data.channel = "whatsapp".`;
  const mended = mend(condition);
  const write = refusalOf(mended) === undefined ? ` Write: ${mended}` : '';
  return `The condition "${condition}" is not JSONata: ${slip.says}.${write}`;
}

function refusalOf(condition: string): string | undefined {
  try {
    jsonata(condition);
    return undefined;
  } catch (error) {
    const { message, position } = error as { readonly message: string; readonly position?: number };
    return message.replace(/\.$/, '') + (position === undefined ? '' : ` at character ${position}`);
  }
}

const outsideQuotes = (condition: string): string[] => condition.split(QUOTED).filter((_, at) => at % 2 === 0);

const mend = (condition: string): string =>
  condition
    .split(QUOTED)
    .map((part, at) =>
      at % 2 === 1 ? part : SLIPS.reduce((text, slip) => text.replace(slip.sign, slip.instead), part),
    )
    .join('');
