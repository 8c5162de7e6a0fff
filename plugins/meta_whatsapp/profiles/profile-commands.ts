import { createHash } from 'node:crypto';
import type { Profile } from '../profile.js';

/** What is put to Meta, and by what it is known again. */
export interface WantedCommands {
  readonly body: {
    readonly commands: readonly { readonly command_name: string; readonly command_description: string }[];
  };
  /** Another text for another list or another number. */
  readonly hash: string;
}

/** The commands that clients of a profile's number should see when they type `/`. None where they are off. Pure. */
export function wantedCommands({ commands, phone_number_id, graph_url }: Profile): WantedCommands {
  const list = commands.enabled ? Object.entries(commands.list) : [];
  const body = {
    commands: list.map(([command_name, command_description]) => ({ command_name, command_description })),
  };
  const text = JSON.stringify([graph_url, phone_number_id, body]);
  return { body, hash: createHash('sha256').update(text).digest('hex') };
}
