-- Written by the version before items were matched by more than their keys. See tests/it/upgrade.rs.
PRAGMA application_id = 1180975730;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE feeds (
    id             TEXT PRIMARY KEY,
    active         INTEGER NOT NULL DEFAULT 1,
    site           TEXT NOT NULL,
    schedule       TEXT NOT NULL,
    registered     TEXT NOT NULL,             -- hash of the feed's settings
    next_due       INTEGER NOT NULL,
    claimed_by     TEXT,
    claimed_until  INTEGER NOT NULL DEFAULT 0,
    fence          INTEGER NOT NULL DEFAULT 0,
    version        INTEGER NOT NULL DEFAULT 0,
    changed        INTEGER,
    last_success   INTEGER,
    last_run       INTEGER,
    failures       INTEGER NOT NULL DEFAULT 0,
    trouble        TEXT,
    trouble_detail TEXT,
    etag           TEXT,
    last_modified  TEXT,
    validators_of  TEXT,
    body_hash      TEXT,
    container      TEXT,
    rules_hash     TEXT,                      -- of the last good run
    items          INTEGER NOT NULL DEFAULT 0,
    touched        INTEGER NOT NULL DEFAULT 0
, language TEXT, learned TEXT) STRICT;
INSERT INTO "feeds" VALUES('vacancies',1,'127.0.0.1:8471','every 30m UTC','1:9001ae57f04c588a73d947e3775a3b7c',1795176323694,NULL,0,1,1,1795176000433,1795176000433,1795176000385,0,NULL,NULL,NULL,'Fri, 27 Nov 2026 20:31:30 GMT','http://127.0.0.1:8471/vacancies.html','a7dfa85ed0d963aea7714c05292a339ede6544f378d6483df0c1331cce82f106',NULL,'1:71fa8c06da380fe08b4700f64c6f2b95',5,1795176000608,'en',NULL);
INSERT INTO "feeds" VALUES('log',1,'127.0.0.1:8471','every 30m UTC','1:d8077d7664445be217b038f4843728e3',1795176959838,NULL,0,1,1,1795176000520,1795176000520,1795176000452,0,NULL,NULL,NULL,'Fri, 27 Nov 2026 20:31:58 GMT','http://127.0.0.1:8471/log.html','6827008e1d97e9898215234b59b54a39a2851f10db598ce1e3df451c6b85b880',NULL,'1:708e391c3a5c039596583d3a95ae52cc',3,1795176000608,'en',NULL);
INSERT INTO "feeds" VALUES('tides',1,'127.0.0.1:8471','every 30m UTC','1:d258b3ca239664666d6f540450db1fa4',1795176804195,NULL,0,1,1,1795176000592,1795176000592,1795176000537,0,NULL,NULL,NULL,'Fri, 27 Nov 2026 20:31:58 GMT','http://127.0.0.1:8471/tides.xml','561b5233666bc3266b09971080c40617ad7c31ffce896869f078dc9c34c299f8',NULL,'1:f9c9101a7ae349f96f860b39d5299932',3,1795176000608,NULL,NULL);
INSERT INTO "feeds" VALUES('notes',1,'127.0.0.1:8471','every 30m UTC','1:809a36233d3dc55d825e18e90b13892c',1795176891168,NULL,0,1,1,1795176000670,1795176000670,1795176000610,0,NULL,NULL,NULL,'Fri, 27 Nov 2026 20:31:30 GMT','http://127.0.0.1:8471/notes.json','fcd8b7724dcd71852da9c6871eb29774e452599e085fddbcbdb40249ca10ffc9',NULL,'1:2c5b74eba4c754d90030686f3734e935',3,1795176000670,NULL,NULL);
CREATE TABLE items (
    feed           TEXT NOT NULL,
    key            TEXT NOT NULL,
    guid           TEXT NOT NULL,
    first_seen     INTEGER NOT NULL,
    last_seen      INTEGER NOT NULL,
    date           INTEGER NOT NULL,
    date_offset    INTEGER NOT NULL,          -- seconds east of UTC
    precision      TEXT NOT NULL,
    date_source    TEXT NOT NULL,
    updated        INTEGER,
    updated_offset INTEGER,
    position       INTEGER NOT NULL,
    content        TEXT NOT NULL,             -- JSON; empty once pruned
    fingerprint    TEXT NOT NULL,
    pruned         INTEGER NOT NULL DEFAULT 0, completion TEXT, article_due INTEGER, article_tries INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (feed, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "items" VALUES('log','url:lock.example.org/log.html#2300efb18d47ee60744e84c574b86a27','urn:uuid:5975527c-e271-8cc5-ab65-42ee2489c3b6',1795176000519,1795176000520,1794355200000,0,'day','page',NULL,NULL,1,'{"title":"Pump","url":"https://lock.example.org/log.html#d2","summary":"The pump ran for an hour.","content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','2d150d71537403f0b11b83df6f188f3f',0,NULL,NULL,0);
INSERT INTO "items" VALUES('log','url:lock.example.org/log.html#41165b6733a6d53b076955628cf3b12a','urn:uuid:1eaba81c-d227-8bf4-b386-23b39209696c',1795176000519,1795176000520,1794182400000,0,'day','page',NULL,NULL,2,'{"title":"Ice","url":"https://lock.example.org/log.html#d1","summary":"Thin ice at the sill and then thaw.","content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','9617a84ed297204b6fb210fbd9a21748',0,NULL,NULL,0);
INSERT INTO "items" VALUES('log','url:lock.example.org/log.html#9bc59bf843395ac98e7a7c3a5e7eeb3d','urn:uuid:8848ebfe-1436-8e53-94fd-4c612189e89d',1795176000519,1795176000520,1794528000000,0,'day','page',NULL,NULL,0,'{"title":"Gate","url":"https://lock.example.org/log.html#d3","summary":"The upper gate was greased.","content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','71c1b093785d91f44effaefbc233dd64',0,NULL,NULL,0);
INSERT INTO "items" VALUES('notes','id:31','urn:uuid:b753ff5d-5340-89d1-92e6-aa473eb512f3',1795176000669,1795176000670,1793491200000,0,'day','page',NULL,NULL,2,'{"title":"Old chart","url":null,"summary":null,"content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','efda3921e795674eaa74e55b9c90113f',0,NULL,NULL,0);
INSERT INTO "items" VALUES('notes','url:127.0.0.1:8471/b/5','urn:uuid:ee2f5b6e-5abd-8bea-9c48-a5bc7e5fb857',1795176000669,1795176000670,1794470400000,0,'second','page',NULL,NULL,1,'{"title":"Buoy 5 was moved","url":"http://127.0.0.1:8471/b/5","summary":null,"content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','75c869671247196e80b2268adef6cd97',0,NULL,NULL,0);
INSERT INTO "items" VALUES('notes','url:127.0.0.1:8471/b/7','urn:uuid:f9fe7dff-0819-8160-85b6-f5da750ea9dc',1795176000669,1795176000670,1794556800000,0,'second','page',NULL,NULL,0,'{"title":"Buoy 7 is lit","url":"http://127.0.0.1:8471/b/7","summary":null,"content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','8e1c26c6ebfbea061ed333c503f44f4d',0,NULL,NULL,0);
INSERT INTO "items" VALUES('tides','id:https://tides.example.org/n/3#r0','urn:uuid:75a3841c-21a0-81a4-bd56-6f1775e16bb5',1795176000591,1795176000592,1794556800000,0,'second','page',NULL,NULL,0,'{"title":"Spring tide tonight","url":"https://tides.example.org/n/3","summary":"High at nine.","content_html":"<p>High at <b>nine</b>.</p>","authors":[],"tags":[],"image":null,"enclosures":[]}','ed4d2521be6327563c4884df6cbd9aa6',0,NULL,NULL,0);
INSERT INTO "items" VALUES('tides','id:tide-2','urn:uuid:6b8fe6c6-c0dd-8f9d-8dbd-3cf3cf08eeca',1795176000591,1795176000592,1794470400000,0,'second','page',NULL,NULL,1,'{"title":"Neap tide","url":"https://tides.example.org/n/2","summary":"Low water.","content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','f7476907c94d24453d525ed0b4fb5748',0,NULL,NULL,0);
INSERT INTO "items" VALUES('tides','url:tides.example.org/n/1','urn:uuid:ea8d8aea-9395-81fe-82f0-c7a9ae014dea',1795176000591,1795176000592,1794384000000,0,'second','page',NULL,NULL,2,'{"title":"Tables of 2027","url":"https://tides.example.org/n/1?utm_source=feed","summary":"Out now.","content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','01e75d5abfb44b53ae49ba60b6a67f8e',0,NULL,NULL,0);
INSERT INTO "items" VALUES('vacancies','url:127.0.0.1:8471/apply#c15599795a52e5fa466eaa4e0b77fa48','urn:uuid:bd6f59f2-c301-8a1b-9040-69a1de64c37f',1795176000432,1795176000433,1794441600000,0,'day','page',NULL,NULL,0,'{"title":"Rigger","url":"http://127.0.0.1:8471/apply","summary":null,"content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','b8aeda94d9ca136c57010a18a46e9eaa',0,NULL,NULL,0);
INSERT INTO "items" VALUES('vacancies','url:127.0.0.1:8471/apply#ee9ddf5d60e10dab43daf57e62a373ad','urn:uuid:19c10bf2-27d2-83f2-aa70-ee489a429f1f',1795176000432,1795176000433,1794268800000,0,'day','page',NULL,NULL,1,'{"title":"Caulker","url":"http://127.0.0.1:8471/apply","summary":null,"content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','e5e07afe1f662d1eaa5e7c6e6aa2dabb',0,NULL,NULL,0);
INSERT INTO "items" VALUES('vacancies','url:127.0.0.1:8471/list?town=wick&page=2','urn:uuid:d99dffb8-7a43-8b0e-9ae0-0f1616ee82b3',1795176000432,1795176000433,1793836800000,0,'day','page',NULL,NULL,3,'{"title":"Second list","url":"http://127.0.0.1:8471/list?town=wick&page=2","summary":null,"content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','ca3ea9e681909113662a7ad7dd4e7cc6',0,NULL,NULL,0);
INSERT INTO "items" VALUES('vacancies','url:127.0.0.1:8471/yard/visit','urn:uuid:4deb3f9a-5024-8f52-b911-1c9e59972781',1795176000432,1795176000433,1794096000000,0,'day','page',NULL,NULL,2,'{"title":"Open day of the yard","url":"http://127.0.0.1:8471/yard/visit","summary":null,"content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','8f50573377dc6819f34298e4e2b0a876',0,NULL,NULL,0);
INSERT INTO "items" VALUES('vacancies','url:127.0.0.1:8471/~keeper/notes%2Dof%2Djune','urn:uuid:9438dc2f-6965-8d3b-a0cb-d67ecf223430',1795176000432,1795176000433,1793664000000,0,'day','page',NULL,NULL,4,'{"title":"Notes of June","url":"http://127.0.0.1:8471/~keeper/notes%2Dof%2Djune","summary":null,"content_html":null,"authors":[],"tags":[],"image":null,"enclosures":[]}','0d127a84621cd943f7918c7598b1d518',0,NULL,NULL,0);
CREATE TABLE runs (
    feed        TEXT NOT NULL,
    started     INTEGER NOT NULL,
    fence       INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    outcome     TEXT NOT NULL,
    trouble     TEXT,
    detail      TEXT,
    bytes       INTEGER NOT NULL,
    found       INTEGER NOT NULL,
    added       INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    problems    INTEGER NOT NULL,
    PRIMARY KEY (feed, fence)
) STRICT, WITHOUT ROWID;
INSERT INTO "runs" VALUES('log',1795176000452,1,67,'fresh',NULL,NULL,524,3,3,0,0);
INSERT INTO "runs" VALUES('notes',1795176000610,1,59,'fresh',NULL,NULL,214,3,3,0,2);
INSERT INTO "runs" VALUES('tides',1795176000537,1,54,'fresh',NULL,NULL,822,3,3,0,0);
INSERT INTO "runs" VALUES('vacancies',1795176000385,1,47,'fresh',NULL,NULL,475,5,5,0,0);
CREATE TABLE sites (
    site       TEXT PRIMARY KEY,
    rest_until INTEGER NOT NULL
) STRICT;
INSERT INTO "sites" VALUES('127.0.0.1:8471',1795176002670);
CREATE INDEX feeds_due ON feeds (next_due) WHERE active = 1;
CREATE INDEX feeds_touched ON feeds (touched);
CREATE INDEX feeds_claimed ON feeds (site, claimed_until) WHERE claimed_by IS NOT NULL;
CREATE UNIQUE INDEX items_guid ON items (feed, guid);
CREATE INDEX items_served ON items (feed, pruned, date DESC, first_seen DESC, position);
CREATE INDEX items_article ON items (article_due) WHERE article_due IS NOT NULL;
COMMIT;
