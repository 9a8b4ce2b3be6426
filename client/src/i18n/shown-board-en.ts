import type { Words } from './words.ts';

export const shownBoardEn: Words['shown'] = {
  hidden: 'Not shown on a board for agents',
  unseen: '“{{name}}” is not in view',
  noQueues: 'None of the chosen queues is in view',
  shownOf: '{{shown}} of {{total}}',
  gone: 'This board cannot be found; showing the standard one',
  unlisted: 'Board {{id}} (not public, or not in view)',
  showsOther: 'Shows “{{name}}” instead',
  pageEmpty: 'This page is empty',
};
