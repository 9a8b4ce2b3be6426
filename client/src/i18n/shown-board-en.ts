import type { Words } from './words.ts';

export const shownBoardEn: Words['shown'] = {
  hidden: 'Not shown on a board for agents',
  unseen: '“{{name}}” is not in view',
  noQueues: 'None of the chosen queues is in view',
  shownOf: '{{shown}} of {{total}}',
  gone: 'This board is gone; showing the standard one',
  pageEmpty: 'This page is empty',
  titleOf: '{{name}} · wall',
};
