-- Applied by the Supabase CLI after the migrations when it resets a local database. Accounts are made by signing up, so
-- there is nothing to insert here that would be portable.
select 1;
