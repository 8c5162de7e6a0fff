import { addressMessage } from './address-message.js';
import { buttons } from './buttons.js';
import { callPermissionRequest } from './call-permission-request.js';
import { carousel } from './carousel.js';
import { catalogMessage } from './catalog-message.js';
import { contactInfoRequest } from './contact-info-request.js';
import { contacts } from './contacts.js';
import { ctaUrl } from './cta-url.js';
import { flow } from './flow.js';
import { list } from './list.js';
import { location } from './location.js';
import { locationRequest } from './location-request.js';
import { media } from './media.js';
import type { MessageType } from './message-type.js';
import { product } from './product.js';
import { productList } from './product-list.js';
import { raw } from './raw.js';
import { reaction } from './reaction.js';
import { sticker } from './sticker.js';
import { template } from './template.js';
import { text } from './text.js';

// biome-ignore lint/suspicious/noExplicitAny: message types of different params share one list
export const MESSAGE_TYPES: readonly MessageType<any>[] = [
  text,
  template,
  media,
  buttons,
  list,
  contacts,
  locationRequest,
  location,
  reaction,
  sticker,
  ctaUrl,
  flow,
  product,
  productList,
  catalogMessage,
  carousel,
  addressMessage,
  callPermissionRequest,
  contactInfoRequest,
  raw,
];

export const messageType = (name: string) => MESSAGE_TYPES.find((type) => type.name === name);
