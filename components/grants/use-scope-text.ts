import { useTranslations } from 'next-intl'
import type { GrantView } from '@/lib/api/schemas/grants'

/** What a grant is for, in a sentence: a path, or that it is the whole instance. */
export function useScopeText() {
  const t = useTranslations()
  return ({ type, instanceName, namespace, repository }: GrantView['scope']): string => {
    if (type === 'INSTANCE') return t('grants.instanceNamed', { name: instanceName })
    return type === 'NAMESPACE' ? t('grants.namespaceNamed', { name: namespace ?? '' }) : `${namespace}/${repository}`
  }
}
