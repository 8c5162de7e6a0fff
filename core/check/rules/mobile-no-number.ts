import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import { StubwireError } from '../../errors.js';
import { mobileNumber } from '../../stub/phone-number.js';
import { hasPlaceholder } from '../../template/reference.js';

function problemOf(value: string, country: string): string | undefined {
  try {
    mobileNumber(value, country);
    return undefined;
  } catch (error) {
    if (error instanceof StubwireError) return error.message;
    throw error;
  }
}

export const mobileNoNumber: TemplateCheck = {
  id: 'mobile-no-number',
  level: 'warning',
  means: 'A recipient of type mobile is not a mobile number',
  help: 'Write the number with the country’s code (+27 82 555 0101), or as it is dialled in org.default_country.',
  takesBroken: true,
  check: ({ actions }, { org }) =>
    actions.flatMap(({ notifications }) =>
      notifications.flatMap(({ recipients }) =>
        recipients.flatMap(({ type, value, path }): Remark[] => {
          if (type !== 'mobile' || value === '' || hasPlaceholder(value)) return [];
          const message = problemOf(value, org.default_country);
          return message === undefined ? [] : [{ path: [...path, 'value'], message }];
        }),
      ),
    ),
};
