import './controls/web-awesome.ts'
import './app-shell.ts'
import { applyTheme, rememberedTheme } from './state/preferences.ts'

applyTheme(rememberedTheme())
