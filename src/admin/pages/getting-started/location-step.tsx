/** Where help is sent to: a validated address, for every number that the next steps give to somebody (N6). */
import { Button, Radio, RadioGroup } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons'
import { useState } from 'react'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { useWords } from '../../words/use.tsx'
import { AddLocation } from '../locations/add.tsx'
import { useLocations } from '../numbers/data.ts'
import { setUpChanged, useSaving } from './data.ts'
import { StepFrame, type StepProps } from './frame.tsx'
import { locationStepWords } from './words.ts'

export function LocationStep({ setUp }: StepProps) {
  const t = useWords(locationStepWords)
  const { id, country } = useTenant()
  const saving = useSaving(setUp)
  const locations = useLocations(country)
  const [wanted, setWanted] = useState<string | null>(null)
  const [isAdding, setAdding] = useState(false)
  const chosen = wanted ?? setUp.locationId
  const close = (): void => {
    setAdding(false)
    // The newest one is meant, unless somebody chooses another.
    setWanted(null)
    void setUpChanged(id)
  }
  const next = async (): Promise<boolean> =>
    chosen === setUp.locationId || (await saving.put('location', { locationId: chosen })) !== null
  return (
    <StepFrame
      step="location"
      saving={saving}
      onNext={next}
      mayNext={setUp.locationId !== null}
      isDone={setUp.locationId !== null}
    >
      <Block query={locations}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState drawing="gate" sentence={t('none', { country })}>
              <Button icon={<AddRegular />} onClick={() => setAdding(true)}>
                {t('add')}
              </Button>
            </EmptyState>
          ) : (
            <>
              <RadioGroup
                className="gs-cards"
                aria-label={t('which')}
                value={chosen ?? ''}
                onChange={(_, { value }) => setWanted(value)}
              >
                {data.map((location) => (
                  <Radio
                    key={location.id}
                    value={location.id}
                    label={
                      <span className="gs-option">
                        <b translate="no">{[location.name, location.place].filter(Boolean).join(', ')}</b>
                        <span translate="no">{location.lines.slice(location.place === null ? 0 : 1).join(', ')}</span>
                      </span>
                    }
                  />
                ))}
              </RadioGroup>
              <p className="k-quiet">{t('never')}</p>
              <Button size="small" appearance="subtle" icon={<AddRegular />} onClick={() => setAdding(true)}>
                {t('another')}
              </Button>
            </>
          )
        }
      </Block>
      {isAdding && <AddLocation country={country} from={undefined} onClose={close} />}
    </StepFrame>
  )
}
