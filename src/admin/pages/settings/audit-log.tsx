/** The audit log of a place: filters that live in the address, one line an act, all of it in a panel. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Menu,
  MenuItemLink,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons'
import { useContext, useMemo } from 'react'
import type { z } from 'zod'
import { AUDIT_NOUNS, type auditEntryOut } from '../../../api/schema/settings.ts'
import { addDays, parseDay, startOfDay } from '../../../core/local-day.ts'
import { formatInstant, type TimeZone } from '../../../core/time.ts'
import { type Query, urlOf } from '../../data/client.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { FilterChoice, Filters, FilterText } from '../../kit/filters.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { Id } from '../../kit/notes.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { TimeZoneContext, useFormats, useWords } from '../../words/use.tsx'
import { auditActs, isAuditAct } from './audit-acts.ts'
import { auditMembers, isAuditMember } from './audit-members.ts'
import { type Difference, differences } from './diff.ts'
import { auditWords } from './words.ts'
import './settings.css'

type Entry = z.output<typeof auditEntryOut>

const NONE = { from: '', to: '', actor: '', action: '', subject: '' } as const
const LINES_SHOWN = 2

/** What is asked of the server: whole days of the zone that the page shows. */
export function useAuditQuery(): Query {
  const [{ from, to, actor, action, subject }] = useUrlState(NONE)
  const zone = useContext(TimeZoneContext) as TimeZone
  return useMemo(() => {
    const [first, last] = [parseDay(from), parseDay(to)]
    return {
      from: first === null ? undefined : formatInstant(startOfDay(first, zone)),
      to: last === null ? undefined : formatInstant(startOfDay(addDays(last, 1), zone)),
      actor: actor === '' ? undefined : actor,
      action: action === '' ? undefined : action,
      subject: subject === '' ? undefined : subject,
    }
  }, [from, to, actor, action, subject, zone])
}

/** The same filters, as a file. */
export function AuditExport({ path }: { readonly path: string }) {
  const t = useWords(auditWords)
  const query = useAuditQuery()
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="primary" icon={<ArrowDownloadRegular />}>
          {t('export')}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {(['csv', 'xlsx'] as const).map((format) => (
            <MenuItemLink key={format} href={urlOf(`${path}/export`, { ...query, format })}>
              {t(format)}
            </MenuItemLink>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}

export function AuditLog({ path }: { readonly path: string }) {
  const t = useWords(auditWords)
  const query = useAuditQuery()
  const [{ entry }, setPanel] = useUrlState({ entry: '' })
  const list = usePages<Entry>(['audit-log', path, query], path, { ...query, limit: 50 })
  const columns = useColumns()
  const shown = list.items?.find(({ id }) => id === entry)
  return (
    <>
      <AuditFilters />
      <Card flush>
        <DataTable
          label={t('entry')}
          columns={columns}
          rowKey={({ id }) => id}
          onOpen={({ id }) => setPanel({ entry: id }, { push: true })}
          {...list.table}
          empty={<Nothing />}
        />
      </Card>
      {shown && <EntryDialog entry={shown} onClose={() => setPanel({ entry: '' })} />}
    </>
  )
}

function Nothing() {
  const t = useWords(auditWords)
  const [filters, set] = useUrlState(NONE)
  const isFiltered = Object.values(filters).some((value) => value !== '')
  return (
    <EmptyState drawing="lots" sentence={t('empty')}>
      {isFiltered && <Button onClick={() => set(NONE)}>{t('clear')}</Button>}
    </EmptyState>
  )
}

function AuditFilters() {
  const t = useWords(auditWords)
  const [filters, set] = useUrlState(NONE)
  const nouns = AUDIT_NOUNS.map((noun) => ({ value: noun, text: t(`noun.${noun}`) }))
  // A link may name one action: it is a choice beside the nouns then.
  const own = nouns.some(({ value }) => value === filters.action) || filters.action === ''
  const options = own ? nouns : [...nouns, { value: filters.action, text: filters.action }]
  return (
    <Filters>
      <span className="st-dates">
        {(['from', 'to'] as const).map((name) => (
          <Field key={name} label={t(name)} orientation="horizontal">
            <Input
              type="date"
              value={parseDay(filters[name]) ?? ''}
              onChange={(_, { value }) => set({ [name]: value })}
            />
          </Field>
        ))}
      </span>
      <FilterChoice label={t('kind')} value={filters.action} options={options} onChange={(action) => set({ action })} />
      <FilterText label={t('actorIs')} value={filters.actor} onChange={(actor) => set({ actor: actor.trim() })} />
      <FilterText
        label={t('objectIs')}
        value={filters.subject}
        onChange={(subject) => set({ subject: subject.trim() })}
      />
    </Filters>
  )
}

function useColumns(): readonly Column<Entry>[] {
  const t = useWords(auditWords)
  return useMemo(
    () => [
      { id: 'time', title: t('time'), width: '150px', phone: 'note', cell: ({ at }) => <When at={at} /> },
      { id: 'actor', title: t('actor'), phone: 'fact', cell: (entry) => <Actor entry={entry} /> },
      { id: 'act', title: t('act'), phone: 'title', cell: ({ action }) => <ActName action={action} /> },
      {
        id: 'object',
        title: t('object'),
        from: 1320,
        cell: ({ subject }) => <code translate="no">{subject}</code>,
      },
      { id: 'change', title: t('change'), from: 1024, cell: (entry) => <Change entry={entry} /> },
    ],
    [t],
  )
}

export function ActName({ action }: { readonly action: string }) {
  const t = useWords(auditActs)
  if (!isAuditAct(action)) return <code translate="no">{action}</code>
  return <>{t(action)}</>
}

/** In words; the API and the file have the name itself. */
function MemberName({ member }: { readonly member: string }) {
  const t = useWords(auditMembers)
  if (!isAuditMember(member)) return <code translate="no">{member}</code>
  return <>{t(`of.${member}`)}</>
}

function Actor({ entry }: { readonly entry: Entry }) {
  const t = useWords(auditWords)
  const { actor, actingAs } = entry
  return (
    <>
      <span translate="no">{actor}</span>
      {actingAs && (
        <>
          <br />
          <span className="k-quiet">
            {actingAs.role === 'partner' && actingAs.partner !== null
              ? t('asPartner', { partner: actingAs.partner })
              : t('asOperator')}
          </span>
        </>
      )}
    </>
  )
}

function Change({ entry }: { readonly entry: Entry }) {
  const t = useWords(auditWords)
  const { changed } = differences(entry.before, entry.after)
  const more = changed.length - LINES_SHOWN
  return (
    <div className="st-diff">
      {changed.slice(0, LINES_SHOWN).map((one) => (
        <p key={one.member}>
          <span className="k-quiet">
            <MemberName member={one.member} />
          </span>{' '}
          <Sides difference={one} />
        </p>
      ))}
      {more > 0 && <p className="k-quiet">{t('moreChanges', { count: more })}</p>}
    </div>
  )
}

const SHORT = 60
const short = (text: string): string => (text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text)

function Sides({ difference }: { readonly difference: Difference }) {
  const { before, after } = difference
  return (
    <code translate="no">
      {before !== undefined && <del>{short(before)}</del>}
      {before !== undefined && after !== undefined && ' → '}
      {after !== undefined && <ins>{short(after)}</ins>}
    </code>
  )
}

function EntryDialog({ entry, onClose }: { readonly entry: Entry; readonly onClose: () => void }) {
  const t = useWords(auditWords)
  const formats = useFormats()
  const { changed, same } = differences(entry.before, entry.after)
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className="st-wide">
        <DialogBody>
          <DialogTitle>
            <ActName action={entry.action} />
          </DialogTitle>
          <DialogContent className="k-confirm">
            <p>
              <time dateTime={entry.at}>{formats.momentExact(entry.at)}</time>
              {' · '}
              <Actor entry={entry} />
            </p>
            <p>
              <code translate="no">{entry.action}</code>
            </p>
            {entry.subject !== '' && <Id id={entry.subject} what={t('object')} />}
            {changed.length === 0 ? (
              <p className="k-quiet">{t('nothingKept')}</p>
            ) : (
              <div className="k-table st-entry">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">{t('member')}</th>
                      <th scope="col">{t('before')}</th>
                      <th scope="col">{t('after')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {changed.map(({ member, before, after }) => (
                      <tr key={member}>
                        <th scope="row">
                          <MemberName member={member} />
                        </th>
                        <td className="st-diff" translate="no">
                          {before !== undefined && <del>{before}</del>}
                        </td>
                        <td className="st-diff" translate="no">
                          {after !== undefined && <ins>{after}</ins>}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            {same > 0 && <p className="k-quiet">{t('same', { count: same })}</p>}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              {t('close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
