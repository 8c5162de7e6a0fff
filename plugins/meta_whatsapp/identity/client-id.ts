/** Meta's business-scoped user id: opaque, case kept, never a number. https://developers.facebook.com/docs/whatsapp/business-scoped-user-ids */
export const BSUID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

/** A client is named by a phone number (digits) or by a user id. */
export const isUserId = (client: string): boolean => BSUID.test(client);
