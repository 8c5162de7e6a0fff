import type { Newable } from 'inversify';
import type { TemplateCheck } from '../../../core/index.js';
import { eventDataUnknown } from './event-data-unknown.js';
import { EventPathNever } from './event-path-never.js';
import { lidNotEnabled } from './lid-not-enabled.js';
import { pairLimit } from './pair-limit.js';
import { TextForNumber } from './text-for-number.js';
import { waitsForConsent } from './waits-for-consent.js';
import { WhatsAppTemplateFit } from './whatsapp-template-fit.js';

/** What `stubwire check` knows of WhatsApp beyond the form of settings: rules, and those that need the configuration. */
export const WHATSAPP_RULES: readonly TemplateCheck[] = [pairLimit, lidNotEnabled, waitsForConsent, eventDataUnknown];
export const WHATSAPP_CHECKS: readonly Newable<TemplateCheck>[] = [EventPathNever, TextForNumber, WhatsAppTemplateFit];
