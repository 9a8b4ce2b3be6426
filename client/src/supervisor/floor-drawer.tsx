import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Right } from '../../../shared/policy.ts';
import { useMay } from '../access/session.tsx';
import type { QueueView } from '../live/rows.ts';
import { useLive } from '../live/use-live.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { AgentDrawer } from './agent-drawer.tsx';
import { ContactsDrawer } from './contacts-drawer.tsx';
import { ALL_CONTACTS, type OpenDrawer } from './floor-address.ts';
import type { FloorAddressStore } from './use-floor-address.ts';

const RIGHT_OF: Readonly<Record<OpenDrawer['kind'], Right>> = { agent: 'agents.view', contacts: 'contacts.view' };

interface FloorDrawerProps {
  readonly store: FloorAddressStore;
  readonly drawer: OpenDrawer | null;
  readonly queues: readonly QueueView[];
  readonly rowHeight: number;
  readonly isPhone: boolean;
  readonly isWide: boolean;
}

/** What the address says is open at the right edge. From one drawer to the next and back is the browser's history. */
export function FloorDrawer({ store, drawer, queues, ...sizes }: FloorDrawerProps): ReactNode {
  const { t } = useTranslation();
  const { site } = useLive();
  const may = useMay();
  // An address may ask for more than its reader may see.
  if (drawer === null || !may(RIGHT_OF[drawer.kind], { site })) return null;
  const { close, open, change } = store;
  return (
    <ErrorBoundary key={drawer.kind} fallback={<p className="quiet">{t('app.broken')}</p>}>
      {drawer.kind === 'agent' ? (
        <AgentDrawer
          key={drawer.agent}
          agent={drawer.agent}
          date={drawer.date}
          queues={queues}
          onDate={(date) => change({ drawer: { ...drawer, date } })}
          onContacts={() =>
            open({ kind: 'contacts', filter: { ...ALL_CONTACTS, agent: drawer.agent, date: drawer.date } })
          }
          onClose={close}
        />
      ) : (
        <ContactsDrawer
          filter={drawer.filter}
          queues={queues}
          onFilter={(filter) => change({ drawer: { kind: 'contacts', filter } })}
          onAgent={(agent) => open({ kind: 'agent', agent, date: drawer.filter.date })}
          onClose={close}
          {...sizes}
        />
      )}
    </ErrorBoundary>
  );
}
