'use client'

import type { ConfirmDialog as Loaded } from './confirm-dialog'
import { lazyComponent } from './lazy-component'

/** ConfirmDialog for pages: its code is loaded when it is first opened. What is a dialog already has it. */
export const ConfirmDialog = lazyComponent(() => import('./confirm-dialog'), 'ConfirmDialog') as typeof Loaded
