/** The rail, in order: keys, icons and go-to letters of every page that has a place in it. What is shown is what pages.ts has. */
import {
  AlertFilled,
  AlertRegular,
  ArrowSwapFilled,
  ArrowSwapRegular,
  BuildingMultipleFilled,
  BuildingMultipleRegular,
  CallConnectingFilled,
  CallConnectingRegular,
  CartFilled,
  CartRegular,
  ChartMultipleFilled,
  ChartMultipleRegular,
  ClipboardTaskListLtrFilled,
  ClipboardTaskListLtrRegular,
  DataPieFilled,
  DataPieRegular,
  DialpadFilled,
  DialpadRegular,
  type FluentIcon,
  HandshakeFilled,
  HandshakeRegular,
  HistoryFilled,
  HistoryRegular,
  HomeFilled,
  HomeRegular,
  LightbulbFilled,
  LightbulbRegular,
  LocationFilled,
  LocationRegular,
  MoneyCalculatorFilled,
  MoneyCalculatorRegular,
  PeopleFilled,
  PeopleRegular,
  PeopleTeamFilled,
  PeopleTeamRegular,
  PersonFilled,
  PersonRegular,
  PlugConnectedFilled,
  PlugConnectedRegular,
  PulseFilled,
  PulseRegular,
  ReceiptFilled,
  ReceiptRegular,
  RocketFilled,
  RocketRegular,
  RouterFilled,
  RouterRegular,
  ScalesFilled,
  ScalesRegular,
  ServerFilled,
  ServerRegular,
  SettingsFilled,
  SettingsRegular,
  ShieldTaskFilled,
  ShieldTaskRegular,
  TableFilled,
  TableRegular,
  TaskListLtrFilled,
  TaskListLtrRegular,
  VoicemailFilled,
  VoicemailRegular,
  WalletCreditCardFilled,
  WalletCreditCardRegular,
} from '@fluentui/react-icons'
import type { Area } from '../pages.ts'

export type NavGroup = 'top' | 'billing' | 'phones' | 'control'

export interface NavItem {
  readonly area: Area
  readonly group: NavGroup
  readonly icon: FluentIcon
  readonly iconOn: FluentIcon
  /** `g h` goes there. */
  readonly go?: string
}

const item = (area: Area, group: NavGroup, icon: FluentIcon, iconOn: FluentIcon, go?: string): NavItem => ({
  area,
  group,
  icon,
  iconOn,
  ...(go === undefined ? {} : { go }),
})

export const NAV = {
  'getting-started': item('tenant', 'top', RocketRegular, RocketFilled),
  home: item('tenant', 'top', HomeRegular, HomeFilled, 'h'),
  users: item('tenant', 'top', PeopleRegular, PeopleFilled, 'u'),
  live: item('tenant', 'top', CallConnectingRegular, CallConnectingFilled, 'l'),
  calls: item('tenant', 'top', HistoryRegular, HistoryFilled, 'c'),
  purchase: item('tenant', 'billing', CartRegular, CartFilled),
  pools: item('tenant', 'billing', DataPieRegular, DataPieFilled, 'p'),
  credits: item('tenant', 'billing', WalletCreditCardRegular, WalletCreditCardFilled, 'w'),
  advice: item('tenant', 'billing', LightbulbRegular, LightbulbFilled),
  rates: item('tenant', 'billing', MoneyCalculatorRegular, MoneyCalculatorFilled),
  statements: item('tenant', 'billing', ReceiptRegular, ReceiptFilled),
  numbers: item('tenant', 'phones', DialpadRegular, DialpadFilled),
  ports: item('tenant', 'phones', ArrowSwapRegular, ArrowSwapFilled),
  locations: item('tenant', 'phones', LocationRegular, LocationFilled),
  attendant: item('tenant', 'phones', VoicemailRegular, VoicemailFilled),
  trunks: item('tenant', 'phones', RouterRegular, RouterFilled),
  policies: item('tenant', 'control', ShieldTaskRegular, ShieldTaskFilled),
  reports: item('tenant', 'control', ChartMultipleRegular, ChartMultipleFilled),
  settings: item('tenant', 'control', SettingsRegular, SettingsFilled),
  worklist: item('partner', 'top', ClipboardTaskListLtrRegular, ClipboardTaskListLtrFilled),
  customers: item('partner', 'top', BuildingMultipleRegular, BuildingMultipleFilled),
  'licence-orders': item('partner', 'top', CartRegular, CartFilled),
  'price-book': item('partner', 'top', MoneyCalculatorRegular, MoneyCalculatorFilled),
  team: item('partner', 'top', PeopleTeamRegular, PeopleTeamFilled),
  overview: item('operator', 'top', PulseRegular, PulseFilled, 'h'),
  tenants: item('operator', 'top', BuildingMultipleRegular, BuildingMultipleFilled),
  decks: item('operator', 'top', TableRegular, TableFilled),
  catalogue: item('operator', 'top', CartRegular, CartFilled),
  stock: item('operator', 'top', DialpadRegular, DialpadFilled),
  'port-work': item('operator', 'top', ArrowSwapRegular, ArrowSwapFilled),
  switches: item('operator', 'control', PlugConnectedRegular, PlugConnectedFilled),
  jobs: item('operator', 'control', TaskListLtrRegular, TaskListLtrFilled),
  books: item('operator', 'control', ScalesRegular, ScalesFilled),
  alarms: item('operator', 'control', AlertRegular, AlertFilled),
  partners: item('operator', 'control', HandshakeRegular, HandshakeFilled),
  system: item('operator', 'control', ServerRegular, ServerFilled),
  phone: item('me', 'top', PersonRegular, PersonFilled),
} as const satisfies Record<string, NavItem>

export type NavKey = keyof typeof NAV

/** The five tabs of a phone, beside “More”. */
export const TABS: readonly NavKey[] = ['home', 'live', 'pools', 'credits']
