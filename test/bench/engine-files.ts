import { PROFILES, SECRET, TOKEN } from './w1.js';

/**
 * The engine's configuration and stub templates for W1, by path. A client's first message opens a stub with a stubsession
 * (and makes the contact); that one and every later message runs the action that answers it. YAML takes JSON.
 */
export function engineFiles(redisSocket: string, graphUrl: string): { readonly [path: string]: string } {
  const profiles = PROFILES.map(({ name, phoneNumberId, displayPhoneNumber }) => [
    name,
    {
      phone_number_id: phoneNumberId,
      display_phone_number: displayPhoneNumber,
      waba_id: '200000000000001',
      access_token: TOKEN,
      app_secrets: [SECRET],
      verify_token: 'bench-verify-token',
      graph_url: graphUrl,
      messages_per_second: 1_000,
    },
  ]);
  const config = {
    org: { orguuid: 'bench', name: 'Bench', default_country: 'ZA' },
    http: { host: '127.0.0.1', port: 0 },
    redis: { url: redisSocket, prefix: 'bench' },
    templates: 'templates',
    log: { level: 'warn' },
    plugins: {
      meta_whatsapp: { default_profile: PROFILES[0]!.name, profiles: Object.fromEntries(profiles) },
      update_from_whatsapp: {},
    },
  };
  const templates = PROFILES.map(({ name }) => [`templates/echo-${name}.yaml`, JSON.stringify(echoTemplate(name))]);
  return { 'stubwire.yaml': JSON.stringify(config), ...Object.fromEntries(templates) };
}

function echoTemplate(profile: string): object {
  const text = {
    message_type: 'text',
    whatsapp_profile_name: profile,
    params: { text: { body: '{{stubpost.message}}' } },
  };
  return {
    template: `echo-${profile}`,
    initial_state: 'open',
    states: { open: { actions: [] } },
    heimdall: {
      first_message: {
        path: `stubber.systems.notifications.whatsapp.incoming.${profile}.from.#`,
        mechanism: 'cbh',
        create_stub: { subject: 'W1', stubsession_hours: 24, run: '_update_from_whatsapp', data: {} },
      },
    },
    actions: {
      _update_from_whatsapp: {
        notifications: {
          answer: {
            send_to: { client: { type: 'contact_list', value: '_created_by' } },
            platforms: { meta_whatsapp: text },
          },
        },
      },
    },
  };
}
