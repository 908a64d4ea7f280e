import { Command } from 'commander';
import { readSettings, SETTINGS, type Settings } from '../settings.ts';

/** `leakscope serve`: its flags are the settings. `serve` is handed the settings that were read. */
export function serveCommand(serve: (settings: Settings) => Promise<void>): Command {
  const command = new Command('serve').description('Receive, store and show profiles, and find leaks in them.');
  for (const { flag, value, doc, env, default: standard } of Object.values(SETTINGS)) {
    command.option(`${flag} <${value}>`, `${doc} (${env}, default ${standard || 'none'})`);
  }
  return command.action((flags: Record<string, string>) => serve(readSettings(byKey(flags), process.env)));
}

/** From commander's names (camel case of the flag) to keys of Settings. */
function byKey(flags: Readonly<Record<string, string>>): Partial<Record<keyof Settings, string>> {
  const settings: Partial<Record<keyof Settings, string>> = {};
  for (const key of Object.keys(SETTINGS) as (keyof Settings)[]) {
    const name = SETTINGS[key].flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const text = flags[name];
    if (text !== undefined) settings[key] = text;
  }
  return settings;
}
