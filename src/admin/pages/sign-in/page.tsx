/** `/sign-in`: the ways in that this installation has; then back to where one wanted to be. */
import { Button } from '@fluentui/react-components'
import { BuildingRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { ROLE_KINDS, type Role } from '../../../core/permission.ts'
import { api } from '../../data/client.ts'
import { signedIn } from '../../data/session.ts'
import { Face } from '../../kit/face.tsx'
import { Go, useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { PublicFrame } from '../../shell/public-frame.tsx'
import { adoptLanguage } from '../../words/language.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { SignInForm } from './form.tsx'
import { signInWords } from './words.ts'

/** `GET /v1/sign-in`. */
interface Ways {
  readonly singleSignOn: boolean
  readonly demo: readonly DemoPerson[]
}

interface DemoPerson {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly of: string | null
}

/** Only a page of ours: never an address that somebody put into a link. */
export function nextOf(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/'
  return /^\/(?![/\\])/.test(next) ? next : '/'
}

export default function SignInPage() {
  const t = useWords(signInWords)
  const go = useGo()
  const ways = useQuery({
    queryKey: ['sign-in'],
    queryFn: ({ signal }) => api.get<Ways>('/v1/sign-in', { signal }),
    staleTime: 300_000,
  })
  const hasFailed = new URLSearchParams(location.search).get('signIn') === 'failed'
  const enter = async (): Promise<void> => {
    adoptLanguage((await signedIn())?.person?.language ?? null)
    go(nextOf(location.search), { replace: true })
  }
  const people = ways.data?.demo ?? []
  return (
    <PublicFrame
      title={t('title')}
      lead={t('lead')}
      beside={people.length > 0 ? <DemoPeople people={people} onSignedIn={enter} /> : null}
    >
      {hasFailed && <Refusal title={t('ssoFailed')} />}
      {ways.data?.singleSignOn === true && (
        <Button as="a" size="large" icon={<BuildingRegular />} href="/v1/sign-in/oidc">
          {t('sso')}
        </Button>
      )}
      <SignInForm onSignedIn={enter}>
        <p className="sign-in-links">
          <Go to="/password-reset">{t('forgot')}</Go>
        </p>
      </SignInForm>
    </PublicFrame>
  )
}

function DemoPeople({
  people,
  onSignedIn,
}: {
  readonly people: readonly DemoPerson[]
  readonly onSignedIn: () => Promise<void>
}) {
  const t = useWords(signInWords)
  const language = useLanguage()
  const say = useSay()
  const enterAs = (person: DemoPerson): void => {
    api.post('/v1/demo/sign-in', { person: person.id }).then(onSignedIn).catch(say.failed)
  }
  return (
    <section className="sign-in-demo" aria-labelledby="demo">
      <h2 id="demo">{t('demo')}</h2>
      <p>{t('demoWhy')}</p>
      <ul>
        {people.map((person) => {
          const role = ROLE_KINDS[person.role].name[language]
          return (
            <li key={person.id}>
              <button type="button" onClick={() => enterAs(person)}>
                <Face name={person.name} size={36} />
                <span>
                  <b translate="no">{person.name}</b>
                  <span translate="no">{person.of === null ? role : t('demoOf', { role, of: person.of })}</span>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
