import { inject, injectable } from 'inversify';
import { type ZodType, z } from 'zod';
import { type Remark, schemasAt, type TemplateCheck, type TemplateOutline } from '../../../core/index.js';
import { WhatsAppConfig } from '../profile.js';
import { settingsSchema } from '../settings.js';
import { type WrittenMessage, writtenMessages } from './whatsapp-settings.js';

/** A text that consists of one placeholder for a value. */
const ONE_VALUE = /^\{\{\s*([\w.[\]]+)\s*\}\}$/;

const isNumber = (schema: ZodType): boolean => schema instanceof z.ZodNumber;
const isBoolean = (schema: ZodType): boolean => schema instanceof z.ZodBoolean;

@injectable()
export class TextForNumber implements TemplateCheck {
  readonly id = 'whatsapp-text-for-number';
  readonly level = 'info';
  readonly means = 'A number or boolean of a message is filled in as text';
  readonly help =
    'Write ~~path: it keeps the type, and leaves the key out if there is no value. {{path}} gives text, which is accepted as a number, or as true or false, only if it reads as one; an empty text fails the delivery.';
  readonly takesBroken = true;
  private readonly schema: ReturnType<typeof settingsSchema>;

  constructor(@inject(WhatsAppConfig) config: WhatsAppConfig) {
    this.schema = settingsSchema(config);
  }

  check({ actions }: TemplateOutline): readonly Remark[] {
    return actions.flatMap(writtenMessages).flatMap((message) => this.remarks(message));
  }

  private remarks({ notification, path: owner, settings }: WrittenMessage): Remark[] {
    return notification.texts.flatMap(({ text, path }) => {
      const isInside = owner.every((key, at) => path[at] === key);
      const [, reference] = ONE_VALUE.exec(text) ?? [];
      if (!isInside || reference === undefined) return [];
      const schemas = schemasAt(this.schema, path.slice(owner.length), settings);
      const wanted = schemas.some(isNumber) ? 'a number' : schemas.some(isBoolean) ? 'true or false' : undefined;
      if (wanted === undefined || schemas.some((schema) => schema instanceof z.ZodString)) return [];
      const message = `${String(path.at(-1))} takes ${wanted}, and {{${reference}}} gives text. Write ~~${reference}: it keeps the type, and leaves the key out if there is no value.`;
      return [{ path, message }];
    });
  }
}
