import { GraphError } from '../graph/graph-error.js';
import type { TapButton } from './checked-message.js';
import type { TemplateButton } from './template-definition.js';
import type { SentComponent, TemplateParameter } from './template-parameter.js';
import { placeholdersOf, wordsOf } from './template-text.js';

const COUPON_MAX = 15;

/** What a button's component may carry: the types of its parameters, and how many must and may be there. */
interface Takes {
  readonly types: readonly TemplateParameter['type'][];
  readonly atLeast: number;
  readonly atMost: number;
}

function takesOf({ type, url }: TemplateButton): Takes {
  const variables = placeholdersOf(url ?? '').length;
  switch (type) {
    case 'QUICK_REPLY':
      return { types: ['payload'], atLeast: 0, atMost: 1 };
    case 'URL':
      return { types: ['text'], atLeast: variables, atMost: variables };
    case 'OTP':
      return { types: ['text'], atLeast: 1, atMost: 1 };
    case 'COPY_CODE':
      return { types: ['coupon_code'], atLeast: 1, atMost: 1 };
    case 'FLOW':
    case 'CATALOG':
      return { types: ['action'], atLeast: 0, atMost: 1 };
    case 'MPM':
      return { types: ['action'], atLeast: 1, atMost: 1 };
    case 'ORDER_DETAILS':
      return { types: ['order_details', 'action'], atLeast: 1, atMost: 1 };
    case 'VOICE_CALL':
      return { types: ['ttl_minutes', 'payload'], atLeast: 0, atMost: 2 };
    case 'PHONE_NUMBER':
    case 'SPM':
    case 'REQUEST_CONTACT_INFO':
      return { types: [], atLeast: 0, atMost: 0 };
  }
}

/** A one-time-password button is sent as a link. */
const subTypeOf = ({ type }: TemplateButton): string => (type === 'OTP' ? 'url' : type.toLowerCase());

function checkParameters(button: TemplateButton, index: number, given: readonly TemplateParameter[]): void {
  const takes = takesOf(button);
  const name = `Button at index ${index} of type ${button.type}`;
  if (given.length < takes.atLeast) throw new GraphError(131008, `buttons: ${name} requires a parameter`);
  if (given.length > takes.atMost)
    throw new GraphError(132018, `buttons: ${name} takes ${takes.atMost} parameters, not ${given.length}`);
  for (const parameter of given) {
    if (!takes.types.includes(parameter.type))
      throw new GraphError(132012, `buttons: ${name} takes ${takes.types.join(' or ')}, received ${parameter.type}`);
    if (parameter.type === 'text') wordsOf('buttons', parameter);
    if (parameter.type === 'coupon_code' && parameter.coupon_code.length > COUPON_MAX)
      throw new GraphError(132005, `buttons: the code has over ${COUPON_MAX} characters`);
    if (button.type === 'MPM' && parameter.type === 'action' && !parameter.action.sections?.length)
      throw new GraphError(131008, `buttons: ${name} requires sections`);
  }
}

/** The buttons as they can be tapped: a quick reply reports the payload that was sent with it, else its text. */
export function checkButtonComponents(
  buttons: readonly TemplateButton[],
  sent: readonly Pick<SentComponent, 'index' | 'sub_type' | 'parameters'>[],
): readonly TapButton[] {
  for (const { index, sub_type } of sent) {
    if (index === undefined) throw new GraphError(131008, 'buttons: index is required.');
    const button = buttons[index];
    if (!button) throw new GraphError(132018, `buttons: the template has no button with index ${index}.`);
    if (sub_type !== subTypeOf(button))
      throw new GraphError(132018, `buttons: button ${index} is of type ${button.type}, not ${sub_type}.`);
  }
  return buttons.flatMap((button, index) => {
    const given = sent.find((component) => component.index === index)?.parameters ?? [];
    checkParameters(button, index, given);
    if (button.type !== 'QUICK_REPLY') return [];
    const [parameter] = given;
    return [{ id: parameter?.type === 'payload' ? parameter.payload : button.text, title: button.text }];
  });
}
