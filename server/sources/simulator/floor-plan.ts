// The demo centre as its administrator would have set it up: queues, people, who may take what.
import type { Prng } from './prng.ts';

export type Strategy = 'rrmemory' | 'leastrecent' | 'fewestcalls' | 'random' | 'linear';

export interface QueuePlan {
  name: string;
  /** The dialplan extension whose Queue() the caller runs. */
  exten: string;
  strategy: Strategy;
  serviceLevelS: number;
  weight: number;
  /** Callers per second at the busy hours' mean. */
  callsPerS: number;
  talkMeanS: number;
  wrapUpS: number;
  ringTimeoutS: number;
  retryS: number;
  /** Queue()'s own time limit; without one, callers wait until they give up. */
  maxWaitS?: number;
  /** A member who doesn't answer is paused in this queue by Asterisk itself. */
  autoPause?: boolean;
}

export interface AgentPlan {
  exten: string;
  name: string;
  team: string;
  isDynamic: boolean;
  skills: readonly { queue: string; penalty: number }[];
}

const ORDERS = '订单查询';
const AFTER_SALES = '售后服务';
const TECHNICAL = '技术支持';
const COMPLAINTS = '投诉处理';
const VIP = 'VIP专席';
const INTERNATIONAL = 'international';

export const QUEUES: readonly QueuePlan[] = [
  queue(ORDERS, '6001', { strategy: 'rrmemory', callsPerS: 0.082, talkMeanS: 150, wrapUpS: 3 }),
  queue(AFTER_SALES, '6002', { strategy: 'leastrecent', callsPerS: 0.057, talkMeanS: 165, wrapUpS: 5 }),
  queue(TECHNICAL, '6003', {
    strategy: 'fewestcalls',
    serviceLevelS: 30,
    callsPerS: 0.045,
    talkMeanS: 220,
    wrapUpS: 8,
    autoPause: true,
  }),
  queue(COMPLAINTS, '6004', {
    strategy: 'random',
    serviceLevelS: 30,
    weight: 1,
    callsPerS: 0.016,
    talkMeanS: 240,
    wrapUpS: 10,
  }),
  queue(VIP, '6005', {
    strategy: 'linear',
    serviceLevelS: 15,
    weight: 10,
    callsPerS: 0.017,
    talkMeanS: 150,
    wrapUpS: 5,
  }),
  queue(INTERNATIONAL, '6006', { strategy: 'leastrecent', callsPerS: 0.021, talkMeanS: 180, wrapUpS: 5, maxWaitS: 60 }),
];

type QueueChoice = Partial<QueuePlan> & Pick<QueuePlan, 'strategy' | 'callsPerS' | 'talkMeanS' | 'wrapUpS'>;

function queue(name: string, exten: string, choice: QueueChoice): QueuePlan {
  return { name, exten, serviceLevelS: 20, weight: 0, ringTimeoutS: 12, retryS: 1, ...choice };
}

const NAMES: readonly (readonly string[])[] = [
  '王小明 李娜 张伟 刘洋 陈静 杨帆 赵敏 黄磊 周杰 吴倩 徐丽 孙涛 马超 朱琳 胡军'.split(' '),
  '郭靖宇 何雪 高峰 林志强 罗兰 郑爽 梁博 谢婷 宋佳 唐宁 许晴 韩雨桐 冯刚 董洁 萧然'.split(' '),
  '程诚 曹阳 袁媛 邓超群 欧阳明月 傅晓 沈冰 曾志 彭越 吕梁 苏珊 卢伟 蒋欣 蔡文静 贾斌'.split(' '),
  [
    "Grace O'Neil",
    'José García',
    'Müller Anna',
    'Søren Holm',
    'Amélie Dubois',
    'Kim Min-jun',
    'Priya Nair',
    "D'Angelo Marco",
    '丁一',
    '魏来',
    '薛宝',
    '叶子青',
    '司马懿航',
    'Nguyễn Thị Hoa',
    'Zoë Baker',
  ],
];
const TEAMS = ['一班', '二班', '三班', '四班'] as const;

/** Teams are extension ranges: 8001-8015, 8101-8115 and so on. */
export const AGENTS: readonly AgentPlan[] = TEAMS.flatMap((team, t) =>
  (NAMES[t] ?? []).map((name, i): AgentPlan => {
    const exten = `8${t}${String(i + 1).padStart(2, '0')}`;
    return { exten, name, team, isDynamic: i % 5 === 4, skills: skillsOf(t, i) };
  }),
);

function skillsOf(team: number, i: number): AgentPlan['skills'] {
  const skill = (queue: string, penalty: number): { queue: string; penalty: number } => ({ queue, penalty });
  if (team === 0) {
    if (i % 3 === 0) return [skill(ORDERS, 0), skill(AFTER_SALES, 1), skill(VIP, 2)];
    return i % 3 === 1 ? [skill(ORDERS, 0), skill(AFTER_SALES, 1)] : [skill(ORDERS, 0)];
  }
  if (team === 1) {
    if (i % 4 === 0) return [skill(AFTER_SALES, 0), skill(ORDERS, 1), skill(COMPLAINTS, 2)];
    return i % 4 === 3 ? [skill(AFTER_SALES, 0), skill(INTERNATIONAL, 2)] : [skill(AFTER_SALES, 0), skill(ORDERS, 1)];
  }
  if (team === 2) return i % 5 === 0 ? [skill(TECHNICAL, 0), skill(AFTER_SALES, 3)] : [skill(TECHNICAL, 0)];
  if (i < 8)
    return i % 2 === 0 ? [skill(INTERNATIONAL, 0), skill(VIP, 1)] : [skill(INTERNATIONAL, 0), skill(COMPLAINTS, 2)];
  return i % 2 === 0 ? [skill(COMPLAINTS, 0), skill(VIP, 1)] : [skill(VIP, 0), skill(COMPLAINTS, 1), skill(ORDERS, 3)];
}

const CALLERS = [
  '张三',
  '李女士',
  '王先生',
  '陈经理',
  '刘阿姨',
  '赵总',
  '孙小姐',
  '周师傅',
  '吴老师',
  '郑医生',
  "Dana O'Hara",
  'Lee "Ace" Wong',
  'Acme\\Widgets',
  'Müller GmbH',
  'WIRELESS CALLER',
  'Is it open?',
  '',
  '',
  '',
  '',
] as const;

export interface Caller {
  num: string;
  name: string;
}

/** Numbers from ranges that are nobody's: made-up mainland ones, the UK's and the US's fictional ones. */
export function drawCaller(prng: Prng, queue: string): Caller {
  const four = String(prng.int(0, 9999)).padStart(4, '0');
  const abroad = queue === INTERNATIONAL;
  const num = !abroad
    ? `139000${four.slice(0, 1)}${four}`
    : prng.chance(0.5)
      ? `442079460${four.slice(1)}`
      : `120255501${four.slice(2)}`;
  return { num, name: prng.pick(CALLERS) };
}
