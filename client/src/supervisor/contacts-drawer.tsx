import { type ReactNode, useCallback, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallBackStep } from '../../../shared/call-back.ts';
import type { ChannelTables } from '../../../shared/delta.ts';
import { useMay } from '../access/session.tsx';
import { codeOf, request } from '../api.ts';
import { csvOf, fileName, saveFile } from '../csv.ts';
import { errorText } from '../error-text.ts';
import { useFormat } from '../i18n/format.ts';
import { agentView, type QueueView } from '../live/rows.ts';
import { useLive, useTables } from '../live/use-live.tsx';
import { Drawer } from '../ui/drawer.tsx';
import { contactColumns } from './contact-columns.tsx';
import { contactRows } from './contact-csv.ts';
import { ContactDetail } from './contact-detail.tsx';
import { ContactFilters } from './contact-filters.tsx';
import type { ListedContact } from './contact-pages.ts';
import { DayPicker } from './day-picker.tsx';
import type { ContactListFilter } from './floor-address.ts';
import { GridTable } from './grid-table.tsx';
import { fetchAllContacts, useContacts } from './use-contacts.ts';

const CARD_HEIGHT = 88;
const MOST_IN_FILE = 20_000;
const BY_TIME: [] = [];
const idOf = ({ id }: ListedContact): string => id;
const agentNames = (tables: ChannelTables): ReadonlyMap<string, string> =>
  new Map([...(tables.agents?.entries() ?? [])].map(([id, row]) => [id, agentView(id, row).name]));

interface ContactsDrawerProps {
  readonly filter: ContactListFilter;
  readonly queues: readonly QueueView[];
  readonly rowHeight: number;
  readonly isPhone: boolean;
  readonly isWide: boolean;
  readonly onFilter: (filter: ContactListFilter) => void;
  readonly onAgent: (agent: string) => void;
  readonly onClose: () => void;
}

/** The contacts behind a number: filtered, claimed for a call back, saved as a file. */
export function ContactsDrawer(props: ContactsDrawerProps): ReactNode {
  const { filter, queues, rowHeight, isPhone, isWide, onFilter, onAgent, onClose } = props;
  const { t } = useTranslation();
  const titleId = useId();
  const format = useFormat();
  const { site, connection } = useLive();
  const { rows, next, businessDay, failure, isStarting, more, refresh, put } = useContacts(filter);
  const [picked, setPicked] = useState<string | null>(null);
  const [stepFailure, setStepFailure] = useState<unknown>(null);
  const [isSaving, setIsSaving] = useState(false);
  const contact = rows.find(({ id }) => id === picked);

  const nameKey = JSON.stringify(queues.map(({ id, name }) => [id, name]));
  const names = useMemo(() => new Map(JSON.parse(nameKey) as [string, string][]), [nameKey]);
  const queueName = useCallback((id: string) => names.get(id) ?? id, [names]);
  const may = useMay();
  const mayCallBack = may('contact.callBack', { site });
  const seesAgents = may('agents.view', { site });
  const agentKey = JSON.stringify([...useTables(seesAgents ? 'agents' : 'board', agentNames)]);
  const agents = useMemo(() => new Map(JSON.parse(agentKey) as [string, string][]), [agentKey]);
  const agentName = useCallback((id: string) => agents.get(id) ?? id, [agents]);

  const step = useCallback(
    async ({ id, callBack }: ListedContact, what: CallBackStep): Promise<void> => {
      setStepFailure(null);
      try {
        const body = { do: what, version: callBack?.version ?? 0 };
        const params = { site, contact: id };
        put(id, await request('POST /api/v1/sites/{site}/contacts/{contact}/call-back', { params, body }));
      } catch (error) {
        setStepFailure(error);
        // Whoever was faster is shown.
        refresh();
      }
    },
    [site, put, refresh],
  );
  const onClaim = useCallback((one: ListedContact) => void step(one, 'claim'), [step]);
  const isLost = filter.outcomes.length > 0 && !filter.outcomes.includes('answered');
  const columns = useMemo(
    () =>
      contactColumns({
        t,
        format,
        queueName,
        agentName,
        isWide: isWide || isPhone,
        isLost,
        onClaim: mayCallBack ? onClaim : null,
      }),
    [t, format, queueName, agentName, isWide, isPhone, isLost, mayCallBack, onClaim],
  );
  const save = async (): Promise<void> => {
    setIsSaving(true);
    try {
      const all = next === null ? rows : await fetchAllContacts(site, filter, MOST_IN_FILE);
      const text = csvOf(contactRows(all, { t, format, queueName, agentName }));
      saveFile(fileName('contacts', format.dateTime(connection.siteClock(site).now())), text);
    } catch (error) {
      setStepFailure(error);
    }
    setIsSaving(false);
  };
  const shownFailure = stepFailure ?? failure;

  return (
    <Drawer labelledBy={titleId} size="wide" onClose={onClose}>
      <header className="drawer__bar">
        <h2 className="drawer__title" id={titleId} tabIndex={-1} data-autofocus>
          {t('contacts.title')}{' '}
          {(rows.length > 0 || (!isStarting && !failure)) && (
            <span className="quiet">
              {rows.length}
              {next !== null && '+'}
            </span>
          )}
        </h2>
        <DayPicker
          shown={businessDay ?? filter.date}
          isRunning={filter.date === null}
          onDate={(date) => onFilter({ ...filter, date })}
        />
        <button
          type="button"
          className="tool tool--framed"
          disabled={rows.length === 0 || isSaving}
          onClick={() => void save()}
        >
          {t('csv.save')}
        </button>
        <button type="button" className="tool" onClick={onClose} aria-keyshortcuts="Escape">
          {t('floor.close')}
        </button>
      </header>
      <ContactFilters
        filter={filter}
        queues={queues}
        agentName={agentName}
        onFilter={(change) => onFilter({ ...filter, ...change })}
      />
      {shownFailure !== null && (
        <p className="note" data-kind="warning" role="alert">
          {codeOf(shownFailure) === 'database.unreachable' ? t('contacts.noHistory') : errorText(t, shownFailure)}
          <button
            type="button"
            className="tool"
            onClick={() => {
              setStepFailure(null);
              refresh();
            }}
          >
            {t('retry')}
          </button>
        </p>
      )}
      <div className="contacts" data-detail={contact !== undefined}>
        <div className="panel panel--contacts">
          <GridTable
            label={t('contacts.title')}
            rows={rows}
            idOf={idOf}
            columns={columns}
            sorting={BY_TIME}
            rowHeight={isPhone ? CARD_HEIGHT : rowHeight}
            empty={isStarting ? t('drawer.reading') : failure ? '' : t('contacts.none')}
            rowMark={({ id }) => (id === picked ? 'picked' : '')}
            onOpen={({ id }) => setPicked((before) => (before === id ? null : id))}
            onEnd={more}
            minWidth={isPhone ? undefined : '50rem'}
          />
        </div>
        {contact && (
          <ContactDetail
            contact={contact}
            queueName={queueName}
            agentName={agentName}
            onStep={mayCallBack ? (one, what) => void step(one, what) : null}
            onAgent={seesAgents ? onAgent : null}
            onClose={() => setPicked(null)}
          />
        )}
      </div>
    </Drawer>
  );
}
