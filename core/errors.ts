/** Who must act on an error: the caller of the API, the author of a YAML file, or the operator of the host. */
export type Actor = 'caller' | 'author' | 'operator';

interface ErrorEntry {
  readonly status: number;
  readonly who: Actor;
  /** One line for the reference; the error's own message says what was found, expected, where, and what to do. */
  readonly means: string;
}

const entry = (status: number, who: Actor, means: string): ErrorEntry => ({ status, who, means });

/** Every coded error of the product: code, HTTP status, who must act, what it means. The README's table is held to it by a test. */
export const ERRORS = {
  // the caller of the API
  body_invalid: entry(400, 'caller', 'The body is not JSON, or not of the documented form'),
  request_too_slow: entry(408, 'caller', 'The request body did not arrive in time (30 s)'),
  token_missing: entry(401, 'caller', 'The bearer token is missing or is not configured'),
  too_many_attempts: entry(429, 'caller', 'Too many wrong tokens came from this address'),
  signature_invalid: entry(401, 'caller', 'The signature of a webhook is missing, malformed or wrong'),
  origin_refused: entry(
    403,
    'caller',
    'No tokens are configured, and the request is from another machine or another site',
  ),
  verify_token_wrong: entry(
    403,
    'operator',
    'A provider’s subscription check names a verify token that no profile has',
  ),
  posted_by_refused: entry(403, 'caller', 'posted_by names a contact that does not belong to the token'),
  role_insufficient: entry(403, 'caller', 'The token’s role may not do this'),
  not_found: entry(404, 'caller', 'No such route'),
  stub_unknown: entry(404, 'caller', 'No stub has this stubref'),
  stubpost_unknown: entry(404, 'caller', 'No stubpost has this id'),
  contact_unknown: entry(404, 'caller', 'No contact has this id'),
  contact_erased: entry(410, 'caller', 'The person behind this id was erased on request'),
  conversation_unknown: entry(404, 'caller', 'No conversation of this profile and client'),
  profile_unknown: entry(404, 'caller', 'No profile has this name'),
  delivery_unknown: entry(404, 'caller', 'No delivery has this id'),
  item_unknown: entry(404, 'caller', 'No item of the list has this id'),
  file_unknown: entry(404, 'caller', 'No file has this fileuuid'),
  link_invalid: entry(403, 'caller', 'A link is incomplete or changed, or its signing key was removed'),
  link_expired: entry(410, 'caller', 'The link has expired'),
  registration_unknown: entry(404, 'caller', 'No registration has this uuid, or it has expired'),
  registration_fixed: entry(409, 'caller', 'The registration belongs to a template and changes only with it'),
  registrations_full: entry(409, 'operator', 'The limit of registrations is reached'),
  lid_unknown: entry(404, 'caller', 'No LID has this name, or it has expired'),
  action_unknown: entry(404, 'caller', 'The template has no such action'),
  action_not_in_state: entry(409, 'caller', 'The stub’s state does not list this action'),
  conditions_not_met: entry(409, 'caller', 'The action’s conditions do not hold'),
  delivery_not_failed: entry(409, 'caller', 'Only a failed delivery can be retried'),
  delivery_under_way: entry(409, 'caller', 'The delivery is with the provider, or has ended: too late to cancel'),
  delivery_fixed: entry(
    409,
    'caller',
    'The delivery was never planned, or the channel itself sends it: it cannot be changed by hand',
  ),
  contact_exists: entry(409, 'caller', 'Another contact has this number or address'),
  request_in_flight: entry(409, 'caller', 'A request with this Idempotency-Key is still being handled'),
  body_too_large: entry(413, 'caller', 'The body is over the limit'),
  file_too_large: entry(413, 'caller', 'A file is over files.max_mb, or over what its use allows'),
  validation_failed: entry(422, 'caller', 'A value is missing, of the wrong type, or over a limit'),
  template_unknown: entry(422, 'caller', 'No stub template has this name'),
  template_removed: entry(422, 'caller', 'The file of the stub template was deleted, so no new stub can use it'),
  field_invalid: entry(422, 'caller', 'A field of the action is missing or of the wrong type'),
  media_unfit: entry(422, 'author', 'WhatsApp does not accept this file as that kind of media'),
  whatsapp_template_unknown: entry(422, 'author', 'The profile’s account has no WhatsApp template of this name'),
  whatsapp_template_language_missing: entry(422, 'author', 'The WhatsApp template does not exist in this language'),
  whatsapp_template_not_approved: entry(422, 'operator', 'Meta has not approved the WhatsApp template, or paused it'),
  whatsapp_template_params: entry(422, 'author', 'The values do not match the parameters of the WhatsApp template'),
  path_invalid: entry(422, 'caller', 'A path or pattern of events is not of the documented form'),
  number_invalid: entry(422, 'caller', 'The value is not a mobile number'),
  idempotency_key_reused: entry(422, 'caller', 'The Idempotency-Key was used with another body'),
  emulator_full: entry(409, 'caller', 'The emulator has reached its limit of clients'),
  loop_guard: entry(
    429,
    'author',
    'A client, or actions that send one another, run a stub more often than stubs.loop_guard allows',
  ),
  apicall_refused: entry(422, 'author', 'The configuration does not allow an apicall to this address'),
  apicall_secret: entry(422, 'author', 'apicall.secrets does not have this secret, or does not allow it for this host'),
  apicall_no_answer: entry(502, 'author', 'The server of an apicall could not be reached, or did not answer in time'),
  apicall_status: entry(502, 'author', 'The server of an apicall answered with a status other than 2xx'),
  apicall_answer_unfit: entry(
    502,
    'author',
    'The answer to an apicall is too long, or does not match its content type',
  ),
  rate_limited: entry(429, 'caller', 'Too many requests'),
  internal: entry(500, 'operator', 'A bug: see the log'),
  file_content_missing: entry(500, 'operator', 'The file has a record, but its content is missing from files.dir'),
  store_away: entry(503, 'operator', 'Redis does not answer or refuses to work (full, read-only). Try again'),
  not_running: entry(503, 'operator', 'No program works on the Redis of this configuration'),
  stubs_waiting: entry(503, 'operator', 'Unfinished stubs wait for a template that is not loaded'),
  starting: entry(503, 'operator', 'The program is starting: its workers do not run yet'),
  stopping: entry(503, 'operator', 'The program is stopping'),
  // the operator of the host: setting up and starting
  node_too_old: entry(500, 'operator', 'This Node is older than the product needs'),
  setup_failed: entry(500, 'operator', 'Packages could not be installed, or the sources not built'),
  redis_server_missing: entry(500, 'operator', 'No redis-server or valkey-server, and no redis.url'),
  redis_start_failed: entry(500, 'operator', 'The embedded Redis did not start'),
  redis_settings_unfit: entry(500, 'operator', 'Redis may evict data: maxmemory-policy is not noeviction'),
  redis_url_unsupported: entry(500, 'operator', 'This version does not support this form of redis.url'),
  redis_unreachable: entry(500, 'operator', 'The Redis of redis.url does not answer at start'),
  redis_refused: entry(500, 'operator', 'The Redis of redis.url refuses to work: wrong password, full, read-only'),
  http_host_open: entry(500, 'operator', 'http.host is reachable from other machines, and no tokens are configured'),
  http_host_unusable: entry(500, 'operator', 'The program cannot listen on http.host and http.port'),
  emulator_beside_real: entry(
    500,
    'operator',
    'The emulator is enabled beside a profile that reaches the real provider',
  ),
  stories_not_played: entry(
    500,
    'operator',
    'In `stubwire test` a message would reach a real provider, or no emulator is configured',
  ),
  port_in_use: entry(500, 'operator', 'Another program listens on the port'),
  plugin_not_found: entry(500, 'operator', 'A key under plugins: names no plugin'),
  plugin_shape_invalid: entry(
    500,
    'operator',
    'A plugin does not default-export definePlugin({name, config, contribute})',
  ),
  plugin_config_invalid: entry(500, 'operator', 'A plugin’s block of the configuration is wrong'),
  plugin_contribute_failed: entry(500, 'operator', 'A plugin threw while it contributed'),
  plugin_duplicate: entry(500, 'operator', 'Two contributions share an id'),
  contribution_missing: entry(500, 'operator', 'A required binding is missing'),
  // the author of YAML: configuration and stub templates
  file_unwritable: entry(500, 'operator', 'The output file cannot be written'),
  file_unreadable: entry(500, 'operator', 'A configuration or template file, or their folder, cannot be read'),
  yaml_too_large: entry(422, 'author', 'A YAML file is over 1 MB, or its aliases expand to too much'),
  yaml_invalid: entry(422, 'author', 'The text is not valid YAML: quotes, indentation, tabs, a duplicate key'),
  key_unknown: entry(422, 'author', 'This key does not exist here'),
  value_invalid: entry(422, 'author', 'A value in YAML is missing, of the wrong type, or over a limit'),
  config_variable_missing: entry(500, 'operator', 'The configuration names an environment variable that is not set'),
  template_duplicate: entry(422, 'author', 'Two stub templates have the same name'),
  state_unknown: entry(422, 'author', 'The template has no such state'),
  channel_unknown: entry(422, 'author', 'No plugin contributes this channel'),
  tasktype_unknown: entry(422, 'author', 'No plugin contributes this task type'),
  placeholder_invalid: entry(
    422,
    'author',
    'A {{placeholder}} or ~~reference cannot be read, or names an unknown root',
  ),
  condition_invalid: entry(422, 'author', 'A condition is not JSONata'),
  substitution_failed: entry(422, 'author', 'A placeholder could not be filled in, or the text grew over its limit'),
  condition_failed: entry(422, 'author', 'A condition threw an error, or ran longer than its limit'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** Where in a file something stands; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The line as written, secrets hidden, to show with a caret under the column. */
  readonly excerpt?: string;
}

/** An expected error: a code of the table and a sentence that says what was found, what was expected and what to do. */
export class StubwireError extends Error {
  override readonly name = 'StubwireError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly options: {
      readonly details?: unknown;
      readonly cause?: unknown;
      readonly place?: Place;
      /** Seconds after which the caller may try again. */
      readonly retryAfterS?: number;
    } = {},
  ) {
    super(message, { cause: options.cause });
  }
  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** Several problems found together: of a file, of all plugins, of the configuration. Nothing was started. */
export class ProblemsError extends Error {
  override readonly name = 'ProblemsError';
  constructor(readonly problems: readonly StubwireError[]) {
    super(problems.map((problem) => problem.message).join('\n'));
  }
}
