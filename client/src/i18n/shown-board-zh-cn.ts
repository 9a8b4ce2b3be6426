/** The words of boards on a wall in Chinese; part of `zh-cn.ts`. */
export const shownBoardZhCn = {
  hidden: '座席看板不显示此项',
  unseen: '看不到“{{name}}”',
  noQueues: '看不到所选队列',
  shownOf: '{{shown}} / {{total}}',
  gone: '找不到所选看板，现显示标准看板',
  unlisted: '看板 {{id}}（未发布或不可见）',
  showsOther: '实际显示：{{name}}',
  pageEmpty: '此页没有内容',
};
