/** Name and language, and where one holds which role. */
import { Button, Field, Input, Radio, RadioGroup } from '@fluentui/react-components'
import { profileChanges } from '../../../api/schema/access.ts'
import { ROLE_KINDS } from '../../../core/permission.ts'
import type { Language } from '../../../core/problems.ts'
import { api } from '../../data/client.ts'
import { signedIn, useSession } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { DraftNote } from '../../kit/draft.tsx'
import { Face } from '../../kit/face.tsx'
import { Go } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { chooseLanguage } from '../../words/language.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { accountWords } from './words.ts'

export function Profile() {
  const t = useWords(accountWords)
  const say = useSay()
  const shown = useLanguage()
  const { person, tenants } = useSession()
  const form = useForm({
    initial: { name: person.name, language: person.language as string },
    schema: profileChanges,
    draft: `profile-${person.id}`,
    submit: (body) => api.patch<{ language: Language }>('/v1/me', body),
    onDone: ({ language }) => {
      chooseLanguage(language)
      void signedIn()
      say.done(t('saved'))
    },
  })
  return (
    <div className="k-grid">
      <Card title={t('you')}>
        <form onSubmit={form.onSubmit} className="k-form" noValidate>
          <DraftNote form={form} />
          {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
          <Field {...form.field('name', t('name'))}>
            <Input
              autoComplete="name"
              contentBefore={<Face name={form.values.name} size={22} />}
              {...form.input('name')}
            />
          </Field>
          <Field label={t('email')}>
            <Input readOnly value={person.email} />
          </Field>
          <Field label={t('language')}>
            <RadioGroup
              layout="horizontal"
              value={form.values.language}
              onChange={(_, { value }) => form.set('language', value)}
            >
              <Radio value="en" label={{ children: t('english'), lang: 'en', translate: 'no' }} />
              <Radio value="fr" label={{ children: t('french'), lang: 'fr', translate: 'no' }} />
            </RadioGroup>
          </Field>
          <Button type="submit" appearance="primary" disabled={form.isBusy}>
            {t('save')}
          </Button>
        </form>
      </Card>
      <Card title={t('roles')}>
        {tenants.length === 0 ? (
          <p>{t('noRoles')}</p>
        ) : (
          <ul className="account-roles">
            {tenants.slice(0, 20).map(({ id, name, roles }) => (
              <li key={id}>
                <Go to={`/t/${id}`} translate="no">
                  {name}
                </Go>
                <span className="k-quiet" translate="no">
                  {roles.map((role) => ROLE_KINDS[role].name[shown]).join(', ')}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </div>
  )
}
