import type { FastifyInstance } from 'fastify';
import { inject, injectable } from 'inversify';
import type { HttpRoutes } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { AccountCalls } from './account-calls.js';
import type { GraphAnswer } from './graph-answer.js';
import { GRAPH_BASE, GraphDoor, type GraphRequest, line } from './graph-door.js';
import { type JsonBody, readMessageParameters, readParameters } from './graph-parameters.js';
import { MediaCalls } from './media-calls.js';
import { MessageSender } from './message-sender.js';
import { NumberSettings } from './number-settings.js';
import { ReadMarker } from './read-marker.js';
import { TemplateCalls } from './template-calls.js';

const OBJECT = `${GRAPH_BASE}/:version/:id`;
const given = (call: GraphRequest) => ({
  text: String(call.body ?? ''),
  contentType: call.headers['content-type'],
  query: call.query,
});
const parameters = (call: GraphRequest): JsonBody => readParameters(given(call));

/** The Graph API as far as it is played: Meta's paths, token check, bodies and errors. Uploads stand in `media-routes.ts`. */
@injectable()
export class GraphRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: Graph API';
  readonly access = 'own';

  constructor(
    @inject(GraphDoor) private readonly door: GraphDoor,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(MessageSender) private readonly sender: MessageSender,
    @inject(ReadMarker) private readonly reads: ReadMarker,
    @inject(AccountCalls) private readonly calls: AccountCalls,
    @inject(TemplateCalls) private readonly templates: TemplateCalls,
    @inject(MediaCalls) private readonly media: MediaCalls,
    @inject(NumberSettings) private readonly settings: NumberSettings,
  ) {}

  register(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler(this.door.failed);
    this.registerNumber(scope);
    this.registerBusinessAccount(scope);
    this.registerObject(scope);
    scope.all(`${GRAPH_BASE}/*`, { schema: { hide: true } }, this.door.unknownPath);
  }

  /** Below a phone number id. */
  private registerNumber(scope: FastifyInstance): void {
    const hidden = { schema: { hide: true } };
    const number = (call: GraphRequest) => this.accounts.ofNumberId(call.params.id);
    const { door, calls } = this;
    scope.post(
      `${OBJECT}/messages`,
      hidden,
      door.handler('messages', number, (account, call) => this.messages(account, call)),
    );
    const set = (edge: string, work: (account: Account, given: JsonBody) => Promise<GraphAnswer>) =>
      scope.post(
        `${OBJECT}/${edge}`,
        hidden,
        door.handler('account', number, (account, call) => work(account, parameters(call))),
      );
    set('conversational_automation', (account, given) => calls.setAutomation(account, given));
    set('settings', (account, given) => this.settings.set(account, given));
    set('whatsapp_business_profile', (account, given) => this.settings.setProfile(account, given));
    scope.get(
      `${OBJECT}/settings`,
      hidden,
      door.handler('account', number, (account) => this.settings.get(account)),
    );
    scope.get(
      `${OBJECT}/whatsapp_business_profile`,
      hidden,
      door.handler('account', number, (account, call) => this.settings.profile(account, call.query.fields)),
    );
    scope.get(
      `${OBJECT}/conversational_automation`,
      hidden,
      door.handler('account', number, (account) => calls.phoneNumber(account, 'conversational_automation')),
    );
  }

  /** Below the id of a WhatsApp Business Account. */
  private registerBusinessAccount(scope: FastifyInstance): void {
    const hidden = { schema: { hide: true } };
    const business = (call: GraphRequest) => this.accounts.ofWaba(call.params.id);
    const { door, calls, templates } = this;
    scope.get(
      `${OBJECT}/message_templates`,
      hidden,
      door.handler('templates', business, (account, call) => {
        const self = `${call.protocol}://${call.host}${call.url.split('?')[0]}`;
        return templates.list(account, call.query, self);
      }),
    );
    scope.post(
      `${OBJECT}/message_templates`,
      hidden,
      door.handler('templates', business, (account, call) => templates.create(account, parameters(call))),
    );
    scope.delete(
      `${OBJECT}/message_templates`,
      hidden,
      door.handler('templates', business, (account, call) => templates.remove(account, call.query)),
    );
    scope.get(
      `${OBJECT}/subscribed_apps`,
      hidden,
      door.handler('account', business, () => calls.subscribedApps()),
    );
    scope.get(
      `${OBJECT}/phone_numbers`,
      hidden,
      door.handler('account', business, (account, call) => calls.phoneNumbers(account, call.query.fields)),
    );
  }

  /** Any id: of a number, a business account, a template, or a file. */
  private registerObject(scope: FastifyInstance): void {
    const hidden = { schema: { hide: true } };
    const { accounts, calls, door, media, templates } = this;
    const file = (call: GraphRequest) => media.ownerOf(call.params.id, call.query.phone_number_id);
    const number = (call: GraphRequest) => accounts.ofNumberId(call.params.id);
    const business = (call: GraphRequest) => accounts.ofWaba(call.params.id);
    const template = (call: GraphRequest) => templates.ownerOf(call.params.id);
    const ofFile = door.handler('media', file, (_, call) => media.describe(call.params.id));
    const ofNumber = door.handler('account', number, (account, call) => calls.phoneNumber(account, call.query.fields));
    const ofBusiness = door.handler('account', business, (account, call) =>
      calls.businessAccount(account, call.query.fields),
    );
    const ofTemplate = door.handler('templates', template, (_, call) =>
      templates.describe(call.params.id, call.query.fields),
    );
    scope.get(OBJECT, hidden, async (request, reply) => {
      const call = request as GraphRequest;
      if (number(call)) return ofNumber(call, reply);
      if (business(call)) return ofBusiness(call, reply);
      return (await template(call)) ? ofTemplate(call, reply) : ofFile(call, reply);
    });
    scope.delete(
      OBJECT,
      hidden,
      door.handler('media', file, (_, call) => media.remove(call.params.id)),
    );
  }

  private messages(account: Account, call: GraphRequest): Promise<GraphAnswer> {
    const body = readMessageParameters(given(call));
    return 'status' in body ? this.reads.mark(account, body, line(call)) : this.sender.send(account, body, line(call));
  }
}
