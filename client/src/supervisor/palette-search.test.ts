import { expect, test } from 'vitest';
import { type Command, findCommands, MOST_SHOWN } from './palette-search.ts';

const command = (name: string, more: Partial<Command> = {}): Command => ({
  id: name,
  group: 'Agents',
  name,
  run: () => {},
  ...more,
});
const found = (commands: readonly Command[], text: string) => findCommands(commands, text).map(({ name }) => name);

test('[FLO30] every word must occur, in name, hint or group; where it stands decides the order', () => {
  const commands = [
    command('Susanna Wall'),
    command('Big wall', { group: 'Pages' }),
    command('Wall', { group: 'Pages' }),
    command('Li Na', { hint: '8001 · wall team' }),
    command('Stonewall'),
  ];
  expect(found(commands, 'wall')).toEqual(['Wall', 'Susanna Wall', 'Big wall', 'Stonewall', 'Li Na']);
  expect(found(commands, ' WALL  pages')).toEqual(['Wall', 'Big wall']);
  expect(found(commands, 'na 8001')).toEqual(['Li Na']);
  expect(found(commands, 'wall floor')).toEqual([]);
});

test('[FLO30] without a search what there are many of is left out; never more than can be looked through', () => {
  const many = Array.from({ length: 2_000 }, (_, i) => command(`Agent ${i}`, { isManyOf: true }));
  expect(found([...many, command('Theme')], ' ')).toEqual(['Theme']);
  expect(found(many, 'agent')).toHaveLength(MOST_SHOWN);
});
