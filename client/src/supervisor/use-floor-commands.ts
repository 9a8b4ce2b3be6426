import { useTranslation } from 'react-i18next';
import type { ChannelTables } from '../../../shared/delta.ts';
import { useMay } from '../access/session.tsx';
import { useActingStore } from '../acting/use-acting.ts';
import { type Language, setLanguage } from '../i18n/i18n.ts';
import { compareText } from '../i18n/order.ts';
import { agentView, type QueueView } from '../live/rows.ts';
import { useLive, useTables } from '../live/use-live.tsx';
import { setTheme, type Theme, useTheme } from '../ui/theme.ts';
import { LOST } from './contact-words.ts';
import { ALL_CONTACTS, NO_FILTER } from './floor-address.ts';
import type { Command } from './palette-search.ts';
import type { Density } from './preferences.ts';
import type { SavedView } from './saved-views.ts';
import type { FloorAddressStore } from './use-floor-address.ts';

interface FloorCommandsOptions {
  readonly store: FloorAddressStore;
  readonly queues: readonly QueueView[];
  readonly views: readonly SavedView[];
  readonly density: Density;
  readonly onDensity: (density: Density) => void;
  readonly onHelp: () => void;
  readonly onNotices: () => void;
  readonly onSave: () => void;
}

interface Person {
  readonly id: string;
  readonly name: string;
  readonly team: string | null;
}

const people = (tables: ChannelTables): readonly Person[] =>
  [...(tables.agents?.entries() ?? [])].map(([id, row]) => agentView(id, row));

/** What the palette offers. Only used while it is open: agents change with every call. */
export function useFloorCommands(options: FloorCommandsOptions): readonly Command[] {
  const { store, queues, views, density, onDensity, onHelp, onNotices, onSave } = options;
  const { t, i18n } = useTranslation();
  const { site } = useLive();
  const may = useMay();
  const acting = useActingStore();
  const seesAgents = may('agents.view', { site });
  const seesContacts = may('contacts.view', { site });
  const agents = useTables(seesAgents ? 'agents' : 'board', people);
  const theme = useTheme();
  const otherTheme: Theme = theme === 'dark' ? 'light' : 'dark';
  const otherDensity: Density = density === 'compact' ? 'comfortable' : 'compact';
  const otherLanguage: Language = i18n.language === 'en' ? 'zh-CN' : 'en';
  const contacts = (filter: Partial<typeof ALL_CONTACTS>) => () =>
    store.open({ kind: 'contacts', filter: { ...ALL_CONTACTS, ...filter } });
  const lists = t('palette.lists');
  const settings = t('palette.settings');
  const pages = t('palette.pages');
  const ofContacts: readonly Command[] = [
    {
      id: 'lost',
      group: lists,
      name: t('contacts.lostToday'),
      run: contacts({ outcomes: LOST, callBack: ['open', 'claimed'] }),
    },
    { id: 'contacts', group: lists, name: t('contacts.title'), run: contacts({}) },
  ];
  const ofAgents: readonly Command[] = [
    { id: 'save', group: lists, name: t('csv.saveAgents'), run: onSave },
    ...views.map(({ name, filter }) => ({
      id: `view ${name}`,
      group: t('views.title'),
      name,
      run: () => store.change({ filter }),
    })),
    { id: 'reset', group: t('views.title'), name: t('views.reset'), run: () => store.change({ filter: NO_FILTER }) },
  ];
  const canSpeak = may('message.send', { site });
  const teams = [...new Set(agents.flatMap(({ team }) => team ?? []))].filter((team) =>
    may('message.send', { site, team }),
  );
  const messagesToTeams: readonly Command[] = teams.sort(compareText).map((team) => ({
    id: `message ${team}`,
    group: t('notice.teams'),
    name: t('acting.messageTeam', { team }),
    run: () => acting.open({ kind: 'team', id: team, x: innerWidth / 3, y: 96 }),
  }));
  const lostOfQueues: readonly Command[] = queues.map((queue) => ({
    id: `lost ${queue.id}`,
    group: t('contacts.lostOfQueues'),
    name: t('contacts.lostOf', { queue: queue.name }),
    isManyOf: true,
    run: contacts({ queue: queue.id, outcomes: LOST }),
  }));
  return [
    ...(seesContacts ? ofContacts : []),
    ...(seesAgents ? ofAgents : []),
    ...queues.map((queue) => ({
      id: `queue ${queue.id}`,
      group: t('floor.queues'),
      name: queue.name,
      ...(queue.group && { hint: queue.group }),
      run: () => store.change({ queue: queue.id }),
    })),
    ...(seesContacts ? lostOfQueues : []),
    ...agents.map((agent) => ({
      id: `agent ${agent.id}`,
      group: t('floor.agents'),
      name: agent.name,
      hint: [agent.id.slice(agent.id.lastIndexOf('/') + 1), agent.team].filter(Boolean).join(' · '),
      isManyOf: true,
      run: () => store.open({ kind: 'agent', agent: agent.id, date: null }),
    })),
    {
      id: 'theme',
      group: settings,
      name: `${t('floor.theme')}: ${t(otherTheme === 'dark' ? 'floor.themeDark' : 'floor.themeLight')}`,
      run: () => setTheme(otherTheme),
    },
    {
      id: 'density',
      group: settings,
      name: `${t('floor.density')}: ${t(`floor.${otherDensity}`)}`,
      run: () => onDensity(otherDensity),
    },
    {
      id: 'language',
      group: settings,
      name: `${t('floor.language')}: ${otherLanguage === 'en' ? t('app.inEnglish') : t('app.inChinese')}`,
      hint: 'language 语言',
      run: () => setLanguage(i18n, otherLanguage),
    },
    ...(canSpeak
      ? [{ id: 'notice', group: lists, name: t('notice.write'), hint: t('notice.title'), run: onNotices }]
      : []),
    ...(canSpeak ? messagesToTeams : []),
    { id: 'help', group: settings, name: t('floor.shortcuts'), hint: '?', run: onHelp },
    { id: 'wall', group: pages, name: t('app.wall'), run: () => location.assign(`/wall?${siteQuery(site)}`) },
    { id: 'start', group: pages, name: t('app.home'), run: () => location.assign('/') },
  ];
}

const siteQuery = (site: string): string => String(new URLSearchParams(site ? { site } : {}));
