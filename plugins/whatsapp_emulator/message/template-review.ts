import { inject, injectable } from 'inversify';
import { Clock } from '../../../core/index.js';
import type { Account } from '../accounts/account-book.js';
import { changeWebhook } from '../webhook/webhook-body.js';
import { WebhookOutbox } from '../webhook/webhook-outbox.js';
import { WebhookPump } from '../webhook/webhook-pump.js';
import { TemplateCatalogue, templateId } from './template-catalogue.js';
import type { TemplateDefinition, TemplateStatus } from './template-definition.js';

/** Plays Meta's reviewers: moves a template to another status, and tells the business by webhook. */
@injectable()
export class TemplateReview {
  constructor(
    @inject(TemplateCatalogue) private readonly templates: TemplateCatalogue,
    @inject(WebhookOutbox) private readonly outbox: WebhookOutbox,
    @inject(WebhookPump) private readonly pump: WebhookPump,
    @inject(Clock) private readonly clock: Clock,
  ) {}

  /** `reason` is Meta's word for a rejection or a pause: `TAG_CONTENT_MISMATCH`. */
  async change(
    account: Account,
    template: TemplateDefinition,
    status: TemplateStatus,
    reason = 'NONE',
  ): Promise<TemplateDefinition> {
    const { rejected_reason: _, ...rest } = template;
    const changed = { ...rest, status, ...(status === 'REJECTED' && { rejected_reason: reason }) };
    const value = {
      event: status,
      message_template_id: Number(templateId(account.wabaId, template)),
      message_template_name: template.name,
      message_template_language: template.language,
      message_template_category: template.category,
      reason,
    };
    await this.templates.put(account.wabaId, changed);
    const body = changeWebhook(account, 'message_template_status_update', value);
    await this.outbox.add(account.phoneNumberId, [body], await this.clock.nowMs());
    this.pump.nudge();
    return changed;
  }
}
