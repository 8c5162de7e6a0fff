import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a host of the real world has, whose Redis is not there: stories must do without it. */
const CONFIG = `
org: { orguuid: demo, name: Demo, default_country: ZA }
redis: { url: "redis://127.0.0.1:1", data_dir: never-redis }
files: { dir: never-files }
templates: templates
plugins:
  meta_whatsapp:
    profiles:
      main:
        phone_number_id: "100000000000001"
        display_phone_number: "15550000001"
        waba_id: "200000000000001"
        access_token: \${NO_SUCH_TOKEN}
        app_secrets: ["\${NO_SUCH_SECRET}"]
        verify_token: \${NO_SUCH_WORD}
        graph_url: https://graph.facebook.com
  update_from_whatsapp: {}
`;

/** A folder with a configuration, templates and stories, as a project has them. */
export class StoryFolder {
  readonly dir = mkdtempSync(join(tmpdir(), 'stubwire-story-folder-'));
  readonly config = join(this.dir, 'stubwire.yaml');

  constructor(files: { readonly [path: string]: string }, config = CONFIG) {
    for (const [path, text] of Object.entries({ 'stubwire.yaml': config, ...files })) {
      mkdirSync(dirname(join(this.dir, path)), { recursive: true });
      writeFileSync(join(this.dir, path), text);
    }
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true });
  }
}

export const REAL_CONFIG = CONFIG;
