/** Which commands a few typed letters mean. Pure. */
export interface Command {
  readonly id: string;
  /** Heading under which it stands. */
  readonly group: string;
  readonly name: string;
  /** Quiet words beside the name; searched too. */
  readonly hint?: string;
  /** Not shown without a search: there may be thousands. */
  readonly isManyOf?: boolean;
  readonly run: () => void;
}

export const MOST_SHOWN = 60;

/** Every word must occur; a name that begins with the first one comes first, then a word that does. Else in given order. */
export function findCommands(commands: readonly Command[], text: string): readonly Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return commands.filter(({ isManyOf }) => isManyOf !== true).slice(0, MOST_SHOWN);
  const found: { readonly command: Command; readonly rank: number }[] = [];
  for (const command of commands) {
    const name = command.name.toLowerCase();
    const haystack = `${name}\n${command.hint?.toLowerCase() ?? ''}\n${command.group.toLowerCase()}`;
    if (!words.every((word) => haystack.includes(word))) continue;
    const at = name.indexOf(first);
    found.push({ command, rank: at === 0 ? 0 : at > 0 ? (/[\s/·:：]/.test(name[at - 1] ?? '') ? 1 : 2) : 3 });
  }
  // Sorting is stable.
  return found
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST_SHOWN)
    .map(({ command }) => command);
}
