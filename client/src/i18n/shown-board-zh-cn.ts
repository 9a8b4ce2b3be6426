/** The words of boards on a wall in Chinese; part of `zh-cn.ts`. */
export const shownBoardZhCn = {
  hidden: '座席看板不显示此项',
  unseen: '看不到“{{name}}”',
  noQueues: '看不到所选队列',
  shownOf: '{{shown}} / {{total}}',
  gone: '所选看板已不存在，现显示标准看板',
  pageEmpty: '此页没有内容',
  titleOf: '{{name}} · 大屏',
};
