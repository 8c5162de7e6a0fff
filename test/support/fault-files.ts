import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The account that the emulator plays and the engine uses. The secrets reach both by their environment. */
export const ACCOUNT = {
  phone_number_id: '100000000000009',
  display_phone_number: '15550000009',
  waba_id: '200000000000009',
};
export const SECRETS = { FAULT_TOKEN: 'token-of-the-fault-tests', FAULT_SECRET: 'secret-of-the-fault-tests' };
const [TOKEN, SECRET] = Object.keys(SECRETS).map((name) => `$\{${name}}`);

/** Keys of the engine's profile. */
export interface LaneSettings {
  readonly messages_per_second: number;
  /** How long it waits for an answer. Default: the product's. */
  readonly answer_timeout_ms?: number;
  /** How long a lane waits for a status where the answer was lost. */
  readonly unknown_outcome_wait_ms: number;
  /** How often it then sends again. Default: the product's. */
  readonly unknown_outcome_resends?: number;
}

interface HostFile {
  readonly socket: string;
  readonly prefix: string;
}

/** Writes the configuration of an emulator that is a process of its own. Returns the file. */
export function writeEmulatorFiles(dir: string, redis: HostFile, webhookUrl: string): string {
  const account = { profile: 'main', ...ACCOUNT, access_token: TOKEN, app_secret: SECRET };
  return writeHost(dir, redis, {
    whatsapp_emulator: { accounts: [{ ...account, webhook_url: webhookUrl }], chat_kept: 20_000, requests_kept: 1_000 },
  });
}

/** Writes the configuration and the template of an engine that sends through that emulator. Returns the file. */
export function writeEngineFiles(dir: string, redis: HostFile, emulatorUrl: string, lanes: LaneSettings): string {
  const file = writeHost(dir, redis, {
    meta_whatsapp: {
      profiles: {
        main: {
          ...ACCOUNT,
          access_token: TOKEN,
          app_secrets: [SECRET],
          verify_token: TOKEN,
          graph_url: `${emulatorUrl}/emulator/graph`,
          ...lanes,
          interaction_request: { stash_limit: 1_000 },
        },
      },
    },
    update_from_whatsapp: {},
  });
  writeFileSync(join(dir, 'templates', 'numbered.yaml'), TEMPLATE);
  return file;
}

function writeHost(dir: string, { socket, prefix }: HostFile, plugins: object): string {
  mkdirSync(join(dir, 'templates'), { recursive: true });
  const file = join(dir, 'stubwire.yaml');
  const config = {
    org: { orguuid: 'faults', name: 'Faults', default_country: 'ZA' },
    http: { host: '127.0.0.1' },
    redis: { url: `unix://${socket}`, prefix },
    log: { level: 'error' },
    stubs: { loop_guard: { actions_per_minute: 600 } }, // these clients write faster than people do
    plugins,
  };
  writeFileSync(file, JSON.stringify(config, undefined, 2)); // JSON is YAML
  return file;
}

/** A stub that answers each message of its client with a numbered text, and can be told to send one. */
const TEMPLATE = `
template: numbered
initial_state: open
states:
  open: { actions: [greet, tell] }
actions:
  greet:
    notifications:
      hello:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: template
            params: { template: { whatsapp_template_name: general_stub_update, whatsapp_template_params_array: [Hello, there] } }
            stubsession: { set_new_with_timeout_hours: 24 }
  tell:
    notifications:
      text:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp: { message_type: text, params: { text: { body: "out {{stubpost.message}}" } } }
  _update_from_whatsapp:
    notifications:
      reply:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp: { message_type: text, params: { text: { body: "re {{stubpost.message}}" } } }
`;
