/** The bar over a selection, and what it does: first said, then done, and taken back within ten seconds. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Dropdown,
  Field,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Option,
} from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { CALLING_POLICY_NAMES } from '../../../core/calling-policy.ts'
import type { Sku } from '../../../core/catalogue.ts'
import { type ApiProblem, isProblem, newIntent } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Refusal } from '../../kit/notes.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { kitWords } from '../../kit/words.ts'
import { useWords } from '../../words/use.tsx'
import { trackJob } from '../jobs/tracked.ts'
import { skuWords } from '../purchase/sku-words.ts'
import { bulkWords } from './bulk-words.ts'
import { type BulkAnswer, type BulkChange, bulk, isJob, rehearse, type ShownUser, usersChanged } from './data.ts'
import { buyMissing, Faults, Pools, Shortage, useMissingQuote } from './effect.tsx'
import { policyText } from './policy-text.ts'
import { policyWords } from './policy-words.ts'
import { usersWords } from './words.ts'

export interface BulkBarProps {
  readonly users: readonly ShownUser[]
  readonly onDone: () => void
}

export function BulkBar({ users, onDone }: BulkBarProps) {
  const t = useWords(usersWords)
  const names = useWords(skuWords)
  const { licenceType } = useTenant()
  const [change, setChange] = useState<BulkChange | null>(null)
  const mayAssign = useMay('licence:assign')
  const maySetPolicy = useMay('policy:edit')
  const mayEdit = useMay('user:edit')
  const skus: readonly Sku[] =
    licenceType === 'with-calling-plan'
      ? ['voice-with-calling-plan', 'international-calling-plan']
      : ['voice-without-calling-plan']
  return (
    <>
      {mayAssign && (
        <>
          <SkuMenu title={t('assign')} skus={skus} names={names} onChoose={(assign) => setChange({ assign })} primary />
          <SkuMenu title={t('remove')} skus={skus} names={names} onChoose={(remove) => setChange({ remove })} />
        </>
      )}
      {maySetPolicy && <Button onClick={() => setChange({ callingPolicy: null })}>{t('setPolicy')}</Button>}
      {(maySetPolicy || mayEdit) && (
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <Button>{t('more')}</Button>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              {maySetPolicy && (
                <>
                  <MenuItem onClick={() => setChange({ creditsEnabled: true })}>{t('creditsOn')}</MenuItem>
                  <MenuItem onClick={() => setChange({ creditsEnabled: false })}>{t('creditsOff')}</MenuItem>
                </>
              )}
              {mayEdit && (
                <>
                  <MenuItem onClick={() => setChange({ disabled: false })}>{t('switchOn')}</MenuItem>
                  <MenuItem onClick={() => setChange({ disabled: true })}>{t('switchOff')}</MenuItem>
                </>
              )}
            </MenuList>
          </MenuPopover>
        </Menu>
      )}
      {change && (
        <BulkDialog
          users={users}
          change={change}
          onChange={setChange}
          onClose={() => setChange(null)}
          onDone={() => {
            setChange(null)
            onDone()
          }}
        />
      )}
    </>
  )
}

interface SkuMenuProps {
  readonly title: string
  readonly skus: readonly Sku[]
  readonly names: (sku: Sku) => string
  readonly onChoose: (sku: Sku) => void
  readonly primary?: boolean
}

function SkuMenu({ title, skus, names, onChoose, primary = false }: SkuMenuProps) {
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance={primary ? 'primary' : 'secondary'}>{title}</Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {skus.map((sku) => (
            <MenuItem key={sku} onClick={() => onChoose(sku)}>
              {names(sku)}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}

export interface BulkDialogProps {
  readonly users: readonly Pick<ShownUser, 'id' | 'name' | 'callingPolicy' | 'licences'>[]
  readonly change: BulkChange
  readonly onChange?: (change: BulkChange) => void
  readonly onClose: () => void
  readonly onDone: () => void
}

const TITLES = {
  creditsEnabled: ['creditsOffTitle', 'creditsOnTitle'],
  disabled: ['onTitle', 'offTitle'],
} as const

/** Says what the change would do before it is done: whom it changes and whom not, what it does to minutes, what is missing. */
export function BulkDialog({ users, change, onChange, onClose, onDone }: BulkDialogProps) {
  const t = useWords(bulkWords)
  const k = useWords(kitWords)
  const names = useWords(skuWords)
  const say = useSay()
  const { id } = useTenant()
  const intent = useRef(newIntent())
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const userIds = users.map((user) => user.id)
  const look = useQuery({
    queryKey: ['bulk', id, userIds, change],
    queryFn: () => rehearse(id, userIds, change),
    gcTime: 0,
  })
  const short = look.data?.seats.find(({ missing }) => missing > 0)
  const { quote, mayBuy } = useMissingQuote(short)
  const title =
    change.assign !== undefined
      ? t('assignTitle', { product: names(change.assign) })
      : change.remove !== undefined
        ? t('removeTitle', { product: names(change.remove) })
        : change.creditsEnabled !== undefined
          ? t(TITLES.creditsEnabled[Number(change.creditsEnabled) as 0 | 1])
          : change.disabled !== undefined
            ? t(TITLES.disabled[Number(change.disabled) as 0 | 1])
            : t('policyTitle')

  async function apply(withPurchase: boolean): Promise<void> {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    try {
      if (withPurchase && short && quote) {
        await buyMissing(id, short.sku, short.missing, quote, `${intent.current}-buy`)
      }
      const answer = await bulk(id, userIds, change, intent.current)
      if (isJob(answer)) {
        trackJob(id, answer.id)
        say.done(t('started'))
      } else sayDone(answer)
      await usersChanged(id)
      onDone()
    } catch (error) {
      if (!isProblem(error)) throw error
      if (error.status !== 0) intent.current = newIntent()
      setProblem(error)
      void look.refetch()
    } finally {
      setBusy(false)
    }
  }

  function sayDone(answer: BulkAnswer): void {
    const changed = answer.results.filter(({ verdict }) => verdict === 'change').map(({ userId }) => userId)
    if (changed.length === 0) {
      say.done(t('nothing'))
      return
    }
    say.done(t('done', { count: changed.length }), async () => {
      for (const [back, ids] of inverse(change, users, changed)) await bulk(id, ids, back)
      await usersChanged(id)
      say.done(t('undone'))
    })
  }

  const counts = look.data?.counts
  const canApply = counts !== undefined && counts.change > 0
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !isBusy && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className="k-confirm">
            {change.callingPolicy !== undefined && onChange && (
              <PolicyChoice value={change.callingPolicy} onChange={(callingPolicy) => onChange({ callingPolicy })} />
            )}
            {change.disabled === true && <p>{t('offWhat')}</p>}
            {change.creditsEnabled === false && <p>{t('creditsOffWhat')}</p>}
            {change.remove !== undefined && change.remove !== 'international-calling-plan' && <p>{t('removeWhat')}</p>}
            {look.error ? (
              <BlockError error={look.error} onRetry={look.refetch} />
            ) : (
              !look.data && <Skeleton lines={3} />
            )}
            {look.data && counts && (
              <>
                <p className="num">
                  <Counted counts={counts} />
                </p>
                <Pools pools={look.data.pools} />
                {short && <Shortage short={short} quote={quote} />}
                <Faults results={look.data.results.filter(({ fault }) => fault?.code !== 'no-seat-left')} />
              </>
            )}
            {problem && (
              <Refusal title={problem.status === 0 ? k('notReached') : problem.title} detail={problem.detail} />
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose} disabled={isBusy}>
              {k('cancel')}
            </Button>
            {short && counts && counts.change > 0 && (
              <Button onClick={() => void apply(false)} disabled={isBusy}>
                {t('assignOnly', { n: counts.change })}
              </Button>
            )}
            {short ? (
              mayBuy && (
                <Button appearance="primary" onClick={() => void apply(true)} disabled={isBusy || !quote}>
                  {t('buyAndAssign')}
                </Button>
              )
            ) : (
              <Button appearance="primary" onClick={() => void apply(false)} disabled={isBusy || !canApply}>
                {change.assign !== undefined ? t('assign') : change.remove !== undefined ? t('remove') : t('apply')}
              </Button>
            )}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}

function Counted({ counts }: { readonly counts: BulkAnswer['counts'] }) {
  const t = useWords(bulkWords)
  const parts = [
    ...(counts.change > 0 ? [t('willChange', { count: counts.change })] : []),
    ...(counts.same > 0 ? [t('same', { count: counts.same })] : []),
    ...(counts.error > 0 ? [t('cannot', { count: counts.error })] : []),
  ]
  return <>{parts.length === 0 ? t('nothing') : parts.join(' · ')}</>
}

interface PolicyChoiceProps {
  readonly value: string | null
  readonly onChange: (name: string | null) => void
}

export function PolicyChoice({ value, onChange }: PolicyChoiceProps) {
  const t = useWords(bulkWords)
  const p = useWords(policyWords)
  const k = useWords(kitWords)
  const { callingPolicy } = useTenant()
  const byDefault = k('pair', { what: p('default'), value: policyText(p, callingPolicy) })
  return (
    <Field label={t('policy')}>
      <Dropdown
        clearButton={null}
        value={value === null ? byDefault : policyText(p, value)}
        selectedOptions={[value ?? '']}
        onOptionSelect={(_, { optionValue }) => onChange(optionValue ? optionValue : null)}
      >
        <Option value="" text={byDefault}>
          {byDefault}
        </Option>
        {CALLING_POLICY_NAMES.map((name) => (
          <Option key={name} value={name} text={policyText(p, name)}>
            {policyText(p, name)}
          </Option>
        ))}
      </Dropdown>
    </Field>
  )
}

const INTERNATIONAL: Sku = 'international-calling-plan'

/** What takes a change back: each user as they were. */
function inverse(
  change: BulkChange,
  users: BulkDialogProps['users'],
  changed: readonly string[],
): [BulkChange, string[]][] {
  const ids = [...changed]
  if (change.assign !== undefined) return [[{ remove: change.assign }, ids]]
  if (change.remove !== undefined) {
    // The International plan went with the voice licence (L9), and comes back with it.
    const had = users.filter((user) => ids.includes(user.id) && user.licences.includes(INTERNATIONAL))
    const again = had.length > 0 && change.remove !== INTERNATIONAL
    return [
      [{ assign: change.remove }, ids],
      ...(again ? ([[{ assign: INTERNATIONAL }, had.map(({ id }) => id)]] as [BulkChange, string[]][]) : []),
    ]
  }
  if (change.creditsEnabled !== undefined) return [[{ creditsEnabled: !change.creditsEnabled }, ids]]
  if (change.disabled !== undefined) return [[{ disabled: !change.disabled }, ids]]
  const byPolicy = new Map<string | null, string[]>()
  for (const user of users) {
    if (!ids.includes(user.id)) continue
    byPolicy.set(user.callingPolicy, [...(byPolicy.get(user.callingPolicy) ?? []), user.id])
  }
  return [...byPolicy].map(([callingPolicy, some]) => [{ callingPolicy }, some])
}
