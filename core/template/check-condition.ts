import jsonata from 'jsonata';

const OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/={2,3}/, 'JSONata compares with a single =, and != for unequal'],
  [/&&/, 'JSONata says "and"'],
  [/\|\|/, 'JSONata says "or"'],
  [/!(?!=)/, 'JSONata says $not(…)'],
  [/\{\{|~~/, 'a condition is not filled in: write the path itself, such as stub.data.channel = "whatsapp"'],
];

/** What is wrong with the text of a condition, or undefined. It is read here and not evaluated. */
export function conditionProblem(condition: string): string | undefined {
  try {
    jsonata(condition);
    return undefined;
  } catch (error) {
    const { message, position } = error as { readonly message: string; readonly position?: number };
    const outsideText = condition.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
    const hint = OPERATORS.find(([operator]) => operator.test(outsideText))?.[1];
    const at = position === undefined ? '' : ` at character ${position}`;
    const advice = hint === undefined ? '' : ` Here ${hint}.`;
    return `The condition "${condition}" is not JSONata: ${message.replace(/\.$/, '')}${at}.${advice}`;
  }
}
