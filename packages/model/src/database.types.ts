// Written by `pnpm types` from the migrations, in the form of `supabase gen types typescript`, which needs Docker. Do not edit.

export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      default_rules: {
        Row: {
          age_group: string | null
          at_most: number | null
          category: string | null
          created_at: string
          id: string
          min_days: number | null
          name: string
          needs: string | null
          per: string
          quantity: number
          sync_version: number
          sync_xid: unknown
          user_id: string
        }
        Insert: {
          age_group?: string | null
          at_most?: number | null
          category?: string | null
          created_at?: string
          id: string
          min_days?: number | null
          name: string
          needs?: string | null
          per: string
          quantity?: number
          sync_version?: number
          sync_xid?: unknown
          user_id?: string
        }
        Update: {
          age_group?: string | null
          at_most?: number | null
          category?: string | null
          created_at?: string
          id?: string
          min_days?: number | null
          name?: string
          needs?: string | null
          per?: string
          quantity?: number
          sync_version?: number
          sync_xid?: unknown
          user_id?: string
        }
        Relationships: []
      }
      items: {
        Row: {
          category: string | null
          created_at: string
          id: string
          name: string
          notes: string | null
          packed: boolean
          person_id: string | null
          position: number
          quantity: number
          rule_id: string | null
          rule_quantity: number | null
          sync_version: number
          sync_xid: unknown
          trip_id: string
        }
        Insert: {
          category?: string | null
          created_at?: string
          id: string
          name: string
          notes?: string | null
          packed?: boolean
          person_id?: string | null
          position?: number
          quantity?: number
          rule_id?: string | null
          rule_quantity?: number | null
          sync_version?: number
          sync_xid?: unknown
          trip_id: string
        }
        Update: {
          category?: string | null
          created_at?: string
          id?: string
          name?: string
          notes?: string | null
          packed?: boolean
          person_id?: string | null
          position?: number
          quantity?: number
          rule_id?: string | null
          rule_quantity?: number | null
          sync_version?: number
          sync_xid?: unknown
          trip_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "items_trip_id_fkey"
            columns: ["trip_id"]
            isOneToOne: false
            referencedRelation: "trips"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "items_trip_id_person_id_fkey"
            columns: ["trip_id", "person_id"]
            isOneToOne: false
            referencedRelation: "people"
            referencedColumns: ["trip_id", "id"]
          },
        ]
      }
      people: {
        Row: {
          age_group: string | null
          color: string | null
          created_at: string
          id: string
          name: string
          position: number
          sync_version: number
          sync_xid: unknown
          trip_id: string
        }
        Insert: {
          age_group?: string | null
          color?: string | null
          created_at?: string
          id: string
          name: string
          position?: number
          sync_version?: number
          sync_xid?: unknown
          trip_id: string
        }
        Update: {
          age_group?: string | null
          color?: string | null
          created_at?: string
          id?: string
          name?: string
          position?: number
          sync_version?: number
          sync_xid?: unknown
          trip_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "people_trip_id_fkey"
            columns: ["trip_id"]
            isOneToOne: false
            referencedRelation: "trips"
            referencedColumns: ["id"]
          },
        ]
      }
      trip_days: {
        Row: {
          created_at: string
          day: string
          destination: string | null
          id: string
          sync_version: number
          sync_xid: unknown
          trip_id: string
          weather: string | null
        }
        Insert: {
          created_at?: string
          day: string
          destination?: string | null
          id: string
          sync_version?: number
          sync_xid?: unknown
          trip_id: string
          weather?: string | null
        }
        Update: {
          created_at?: string
          day?: string
          destination?: string | null
          id?: string
          sync_version?: number
          sync_xid?: unknown
          trip_id?: string
          weather?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "trip_days_trip_id_fkey"
            columns: ["trip_id"]
            isOneToOne: false
            referencedRelation: "trips"
            referencedColumns: ["id"]
          },
        ]
      }
      trip_invites: {
        Row: {
          created_at: string
          created_by: string
          email: string | null
          expires_at: string
          id: string
          role: string
          token_hash: string
          trip_id: string
          uses_left: number
        }
        Insert: {
          created_at?: string
          created_by: string
          email?: string | null
          expires_at?: string
          id?: string
          role: string
          token_hash: string
          trip_id: string
          uses_left?: number
        }
        Update: {
          created_at?: string
          created_by?: string
          email?: string | null
          expires_at?: string
          id?: string
          role?: string
          token_hash?: string
          trip_id?: string
          uses_left?: number
        }
        Relationships: [
          {
            foreignKeyName: "trip_invites_trip_id_fkey"
            columns: ["trip_id"]
            isOneToOne: false
            referencedRelation: "trips"
            referencedColumns: ["id"]
          },
        ]
      }
      trip_members: {
        Row: {
          created_at: string
          id: string
          name: string
          role: string
          sync_version: number
          sync_xid: unknown
          trip_id: string
          user_id: string
        }
        Insert: {
          created_at?: string
          id?: string
          name: string
          role: string
          sync_version?: number
          sync_xid?: unknown
          trip_id: string
          user_id: string
        }
        Update: {
          created_at?: string
          id?: string
          name?: string
          role?: string
          sync_version?: number
          sync_xid?: unknown
          trip_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "trip_members_trip_id_fkey"
            columns: ["trip_id"]
            isOneToOne: false
            referencedRelation: "trips"
            referencedColumns: ["id"]
          },
        ]
      }
      trip_rules: {
        Row: {
          age_group: string | null
          at_most: number | null
          category: string | null
          created_at: string
          id: string
          min_days: number | null
          name: string
          needs: string | null
          per: string
          quantity: number
          skip: boolean
          sync_version: number
          sync_xid: unknown
          trip_id: string
        }
        Insert: {
          age_group?: string | null
          at_most?: number | null
          category?: string | null
          created_at?: string
          id: string
          min_days?: number | null
          name: string
          needs?: string | null
          per: string
          quantity?: number
          skip?: boolean
          sync_version?: number
          sync_xid?: unknown
          trip_id: string
        }
        Update: {
          age_group?: string | null
          at_most?: number | null
          category?: string | null
          created_at?: string
          id?: string
          min_days?: number | null
          name?: string
          needs?: string | null
          per?: string
          quantity?: number
          skip?: boolean
          sync_version?: number
          sync_xid?: unknown
          trip_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "trip_rules_trip_id_fkey"
            columns: ["trip_id"]
            isOneToOne: false
            referencedRelation: "trips"
            referencedColumns: ["id"]
          },
        ]
      }
      trips: {
        Row: {
          archived: boolean
          conditions: string[]
          created_at: string
          created_by: string | null
          destination: string | null
          ends_on: string | null
          id: string
          name: string
          notes: string | null
          starts_on: string | null
          sync_version: number
          sync_xid: unknown
        }
        Insert: {
          archived?: boolean
          conditions?: string[]
          created_at?: string
          created_by?: string | null
          destination?: string | null
          ends_on?: string | null
          id: string
          name: string
          notes?: string | null
          starts_on?: string | null
          sync_version?: number
          sync_xid?: unknown
        }
        Update: {
          archived?: boolean
          conditions?: string[]
          created_at?: string
          created_by?: string | null
          destination?: string | null
          ends_on?: string | null
          id?: string
          name?: string
          notes?: string | null
          starts_on?: string | null
          sync_version?: number
          sync_xid?: unknown
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      accept_invite: { Args: { token: string }; Returns: string }
      accept_my_invite: { Args: { invite: string }; Returns: string }
      create_invite: { Args: { email?: string; role?: string; trip: string }; Returns: string }
      hand_over_trip: { Args: { to_user: string; trip: string }; Returns: undefined }
      my_invites: { Args: never; Returns: Json }
      revoke_invite: { Args: { invite: string }; Returns: undefined }
      sent_invites: { Args: { trip: string }; Returns: Json }
      sync_history: { Args: { at_most?: number; before?: number; collection: string; id: string }; Returns: Json }
      sync_pull: { Args: { request: Json }; Returns: Json }
      sync_push: { Args: { device?: string; ops: Json }; Returns: Json }
      sync_scope_history: { Args: { at_most?: number; before?: number; scope: string }; Returns: Json }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DefaultSchema = Database["public"]

export type Tables<Name extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])> =
  (DefaultSchema["Tables"] & DefaultSchema["Views"])[Name] extends { Row: infer Row } ? Row : never

export type TablesInsert<Name extends keyof DefaultSchema["Tables"]> =
  DefaultSchema["Tables"][Name] extends { Insert: infer Insert } ? Insert : never

export type TablesUpdate<Name extends keyof DefaultSchema["Tables"]> =
  DefaultSchema["Tables"][Name] extends { Update: infer Update } ? Update : never

export type Enums<Name extends keyof DefaultSchema["Enums"]> = DefaultSchema["Enums"][Name]

export const Constants = {
  public: {
    Enums: {},
  },
} as const
