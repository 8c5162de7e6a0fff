import type { MessageType } from './message-type.js';
import { template } from './template.js';
import { text } from './text.js';

// biome-ignore lint/suspicious/noExplicitAny: message types of different params share one list
export const MESSAGE_TYPES: readonly MessageType<any>[] = [text, template];

export const messageType = (name: string) => MESSAGE_TYPES.find((type) => type.name === name);
