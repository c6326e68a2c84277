-- name: load_locations
-- All locations, or those of given numbers, with groups and areas; in the order of the fields of `Location`.
SELECT l.location_no, l.code, l.name, l.party_no, l.kind, l.stock_owner_no, l.lat, l.lon, l.region, l.address,
    l.time_zone, l.opening_hours, l.holidays, l.capabilities, l.orders_per_hour, l.orders_per_day, l.cut_offs,
    l.lead_time_minutes, l.handle_order_cost, l.handle_unit_cost,
    ARRAY(SELECT g.name FROM location_groups g WHERE g.location_no = l.location_no ORDER BY g.name) AS groups,
    ARRAY(SELECT a.area FROM delivery_areas a WHERE a.location_no = l.location_no ORDER BY a.position) AS areas,
    l.enabled, l.revision, coalesce(p.code, '') AS stock_owner
FROM locations l
LEFT JOIN parties p ON p.party_no = l.stock_owner_no AND l.stock_owner_no <> l.party_no
WHERE %(numbers)s::integer[] IS NULL OR l.location_no = ANY (%(numbers)s::integer[])
ORDER BY l.location_no

-- name: stock_owners
-- Those of the named parties that a brand may name as owner of the stock in its stores: itself, and partners.
SELECT code, party_no FROM parties
WHERE code = ANY (%(codes)s) AND (kind = 'partner' OR party_no = %(party_no)s)

-- name: lock_locations
-- A brand's locations of given codes, locked in the order of their codes so that two imports can't deadlock.
SELECT location_no
FROM locations
WHERE party_no = %(party_no)s AND code = ANY (%(codes)s)
ORDER BY code
FOR UPDATE

-- name: find_location
-- One of a brand's locations.
SELECT location_no FROM locations WHERE party_no = %(party_no)s AND code = %(code)s

-- name: page_of_locations
-- A page of a brand's locations, by code, after a given code; a filter that is null lets all pass.
SELECT l.location_no
FROM locations l
WHERE l.party_no = %(party_no)s
    AND l.code > %(after)s
    AND (%(kind)s::text IS NULL OR l.kind = %(kind)s)
    AND (%(enabled)s::boolean IS NULL OR l.enabled = %(enabled)s)
    AND (%(capability)s::text IS NULL OR %(capability)s = ANY (l.capabilities))
    AND (%(text)s::text IS NULL
        OR strpos(lower(concat_ws(E'\n', l.code, l.name, l.address)), lower(%(text)s)) > 0)
    AND (%(numbers)s::integer[] IS NULL OR l.location_no = ANY (%(numbers)s::integer[]))
    AND (%(group)s::text IS NULL
        OR EXISTS (SELECT FROM location_groups g WHERE g.location_no = l.location_no AND g.name = %(group)s))
ORDER BY l.code
LIMIT %(limit)s

-- name: insert_locations
-- New locations from a JSON array of rows; one whose code somebody else took meanwhile is left out.
INSERT INTO locations (location_no, party_no, code, name, kind, stock_owner_no, lat, lon, region, address, time_zone,
    opening_hours, holidays, capabilities, orders_per_hour, orders_per_day, cut_offs, lead_time_minutes,
    handle_order_cost, handle_unit_cost, enabled, revision)
SELECT location_no, party_no, code, name, kind, stock_owner_no, lat, lon, region, address, time_zone,
    opening_hours, holidays, capabilities, orders_per_hour, orders_per_day, cut_offs, lead_time_minutes,
    handle_order_cost, handle_unit_cost, enabled, revision
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (location_no integer, party_no integer, code text, name text, kind text,
    stock_owner_no integer, lat double precision, lon double precision, region text, address text, time_zone text,
    opening_hours text, holidays text, capabilities text[], orders_per_hour integer, orders_per_day integer,
    cut_offs jsonb, lead_time_minutes integer, handle_order_cost bigint, handle_unit_cost bigint, enabled boolean,
    revision integer)
ON CONFLICT (party_no, code) DO NOTHING

-- name: update_locations
-- Changed locations from a JSON array of rows, found by their number.
UPDATE locations l
SET name = r.name, kind = r.kind, stock_owner_no = r.stock_owner_no, lat = r.lat, lon = r.lon, region = r.region,
    address = r.address, time_zone = r.time_zone, opening_hours = r.opening_hours, holidays = r.holidays,
    capabilities = r.capabilities, orders_per_hour = r.orders_per_hour, orders_per_day = r.orders_per_day,
    cut_offs = r.cut_offs, lead_time_minutes = r.lead_time_minutes, handle_order_cost = r.handle_order_cost,
    handle_unit_cost = r.handle_unit_cost, enabled = r.enabled, revision = r.revision
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (location_no integer, name text, kind text,
    stock_owner_no integer, lat double precision, lon double precision, region text, address text, time_zone text,
    opening_hours text, holidays text, capabilities text[], orders_per_hour integer, orders_per_day integer,
    cut_offs jsonb, lead_time_minutes integer, handle_order_cost bigint, handle_unit_cost bigint, enabled boolean,
    revision integer)
WHERE l.location_no = r.location_no

-- name: delete_groups
-- Forget the groups of locations, before they are written anew.
DELETE FROM location_groups WHERE location_no = ANY (%(numbers)s)

-- name: insert_groups
-- Group memberships from a JSON array of rows.
INSERT INTO location_groups (location_no, name)
SELECT location_no, name FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (location_no integer, name text)

-- name: delete_areas
-- Forget the delivery areas of locations, before they are written anew.
DELETE FROM delivery_areas WHERE location_no = ANY (%(numbers)s)

-- name: insert_areas
-- Delivery areas from a JSON array of rows.
INSERT INTO delivery_areas (location_no, position, area)
SELECT location_no, position, area
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (location_no integer, position integer, area jsonb)

-- name: load_carriers
-- All carriers, or one brand's.
SELECT party_no, code, name, cut_off, enabled, revision
FROM carriers
WHERE %(party_no)s::integer IS NULL OR party_no = %(party_no)s
ORDER BY party_no, code

-- name: load_zones
-- The lines of the carriers' rates, of all brands or one.
SELECT party_no, code, to_regions, from_regions, km_max, base, included_grams, per_kg, per_km, days_min, days_max
FROM carrier_zones
WHERE %(party_no)s::integer IS NULL OR party_no = %(party_no)s
ORDER BY party_no, code, position

-- name: lock_carrier
-- One carrier's revision, locked.
SELECT revision FROM carriers WHERE party_no = %(party_no)s AND code = %(code)s FOR UPDATE

-- name: upsert_carrier
-- A carrier, new or changed.
INSERT INTO carriers (party_no, code, name, cut_off, enabled, revision)
VALUES (%(party_no)s, %(code)s, %(name)s, %(cut_off)s, %(enabled)s, 1)
ON CONFLICT (party_no, code) DO UPDATE
SET name = EXCLUDED.name, cut_off = EXCLUDED.cut_off, enabled = EXCLUDED.enabled, revision = carriers.revision + 1
RETURNING revision

-- name: delete_zones
-- Forget a carrier's rates, before they are written anew.
DELETE FROM carrier_zones WHERE party_no = %(party_no)s AND code = %(code)s

-- name: insert_zone
-- One line of a carrier's rates.
INSERT INTO carrier_zones (party_no, code, position, to_regions, from_regions, km_max, base, included_grams, per_kg,
    per_km, days_min, days_max)
VALUES (%(party_no)s, %(code)s, %(position)s, %(to)s, %(origins)s, %(km_max)s, %(base)s, %(included_grams)s,
    %(per_kg)s, %(per_km)s, %(days_min)s, %(days_max)s)

-- name: load_fees
-- All delivery fees, or one brand's.
SELECT party_no, region, fee, free_from, currency
FROM delivery_fees
WHERE %(party_no)s::integer IS NULL OR party_no = %(party_no)s
ORDER BY party_no, region

-- name: upsert_fee
-- A region's delivery fee, new or changed.
INSERT INTO delivery_fees (party_no, region, fee, free_from, currency)
VALUES (%(party_no)s, %(region)s, %(fee)s, %(free_from)s, %(currency)s)
ON CONFLICT (party_no, region) DO UPDATE
SET fee = EXCLUDED.fee, free_from = EXCLUDED.free_from, currency = EXCLUDED.currency

-- name: delete_fee
-- Let a region fall back to the fee of what is around it.
DELETE FROM delivery_fees WHERE party_no = %(party_no)s AND region = %(region)s
