-- 0048;

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE rate_limit (
	"key" VARCHAR(200) NOT NULL,
	count INTEGER NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT pk_rate_limit PRIMARY KEY ("key")
);

CREATE TABLE figure_revision (
	id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	datapoint VARCHAR(80) NOT NULL,
	version INTEGER NOT NULL,
	content JSON NOT NULL,
	kept_aside BOOLEAN NOT NULL,
	saved_at DATETIME NOT NULL,
	saved_by INTEGER,
	CONSTRAINT fk_figure_revision_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT fk_figure_revision_saved_by_account FOREIGN KEY(saved_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_figure_revision PRIMARY KEY (id)
);

CREATE TABLE sign_in (
	id_hash VARCHAR(64) NOT NULL,
	account_id INTEGER NOT NULL,
	data JSON NOT NULL,
	browser VARCHAR(100) NOT NULL,
	created_at DATETIME NOT NULL,
	last_seen_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT fk_sign_in_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT pk_sign_in PRIMARY KEY (id_hash)
);

CREATE TABLE answer_revision (
	id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	ref VARCHAR(80) NOT NULL,
	version INTEGER NOT NULL,
	content JSON NOT NULL,
	kept_aside BOOLEAN NOT NULL,
	saved_at DATETIME NOT NULL,
	saved_by INTEGER,
	CONSTRAINT fk_answer_revision_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_answer_revision_saved_by_account FOREIGN KEY(saved_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_answer_revision PRIMARY KEY (id)
);

CREATE TABLE assessment (
	declaration_id INTEGER NOT NULL,
	criterion INTEGER NOT NULL,
	rating VARCHAR(30),
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	CONSTRAINT ck_assessment_rating CHECK (rating IN ('not-started', 'planned', 'partial', 'implemented', 'exemplary')),
	CONSTRAINT fk_assessment_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT pk_assessment PRIMARY KEY (declaration_id, criterion)
);

CREATE TABLE section_mark (
	declaration_id INTEGER NOT NULL,
	section VARCHAR(80) NOT NULL,
	marked_at DATETIME NOT NULL,
	marked_by INTEGER,
	CONSTRAINT fk_section_mark_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_section_mark_marked_by_account FOREIGN KEY(marked_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_section_mark PRIMARY KEY (declaration_id, section)
);

CREATE TABLE cluster_staff (
	id INTEGER NOT NULL,
	user_id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	role VARCHAR(30) NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT ck_cluster_staff_clusterrole CHECK (role IN ('manager', 'reviewer')),
	CONSTRAINT fk_cluster_staff_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_cluster_staff_user_id_account FOREIGN KEY(user_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT pk_cluster_staff PRIMARY KEY (id),
	CONSTRAINT uq_cluster_staff_user_id UNIQUE (user_id, cluster_id)
);

CREATE TABLE reminder (
	account_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	reporting_year INTEGER NOT NULL,
	due DATE NOT NULL,
	days_before INTEGER NOT NULL,
	sent_at DATETIME NOT NULL,
	CONSTRAINT fk_reminder_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT fk_reminder_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_reminder PRIMARY KEY (account_id, organisation_id, reporting_year, due, days_before)
);

CREATE TABLE sign_off (
	id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	signatory_id INTEGER,
	submits_to INTEGER,
	asked_at DATETIME NOT NULL,
	asked_by INTEGER,
	decision VARCHAR(30),
	reason TEXT NOT NULL,
	decided_at DATETIME,
	CONSTRAINT ck_sign_off_decided_once CHECK ((decision IS NULL) = (decided_at IS NULL)),
	CONSTRAINT ck_sign_off_decision CHECK (decision IN ('confirmed', 'declined', 'withdrawn')),
	CONSTRAINT ck_sign_off_declined_with_reason CHECK (decision <> 'declined' OR reason <> ''),
	CONSTRAINT fk_sign_off_asked_by_account FOREIGN KEY(asked_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_sign_off_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_sign_off_signatory_id_account FOREIGN KEY(signatory_id) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_sign_off_submits_to_cluster FOREIGN KEY(submits_to) REFERENCES cluster (id) ON DELETE SET NULL,
	CONSTRAINT pk_sign_off PRIMARY KEY (id),
	CONSTRAINT uq_sign_off_version UNIQUE (declaration_id, version)
);

CREATE TABLE verdict (
	id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	section VARCHAR(80) NOT NULL,
	version INTEGER NOT NULL,
	verdict VARCHAR(30) NOT NULL,
	number INTEGER NOT NULL,
	given_at DATETIME NOT NULL,
	given_by INTEGER,
	CONSTRAINT ck_verdict_number_from_one CHECK (number >= 1),
	CONSTRAINT ck_verdict_verdict CHECK (verdict IN ('accepted', 'change-needed')),
	CONSTRAINT fk_verdict_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_verdict_given_by_account FOREIGN KEY(given_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_verdict PRIMARY KEY (id),
	CONSTRAINT uq_verdict_section UNIQUE (declaration_id, section, version)
);

CREATE TABLE "snapshot" (
	id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	content BLOB NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	finished_at DATETIME NOT NULL,
	finished_by INTEGER,
	submitted_at DATETIME,
	cluster_id INTEGER,
	CONSTRAINT ck_snapshot_sha256_whole CHECK (length(sha256) = 64),
	CONSTRAINT fk_snapshot_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE SET NULL,
	CONSTRAINT fk_snapshot_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_snapshot_finished_by_account FOREIGN KEY(finished_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_snapshot PRIMARY KEY (id),
	CONSTRAINT uq_snapshot_version UNIQUE (declaration_id, version)
);

CREATE TABLE "mail" (
	id INTEGER NOT NULL,
	recipient VARCHAR(320) NOT NULL,
	subject VARCHAR(300) NOT NULL,
	body TEXT NOT NULL,
	language VARCHAR(2) NOT NULL,
	created_at DATETIME NOT NULL,
	next_try DATETIME,
	attempts INTEGER NOT NULL,
	claimed_at DATETIME,
	sent_at DATETIME,
	error VARCHAR(500) NOT NULL,
	reply_to VARCHAR(320) NOT NULL,
	CONSTRAINT pk_mail PRIMARY KEY (id)
);

CREATE TABLE "membership" (
	id INTEGER NOT NULL,
	user_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	role VARCHAR(30) NOT NULL,
	created_at DATETIME NOT NULL,
	sections JSON NOT NULL,
	until DATE,
	CONSTRAINT ck_membership_role CHECK (role IN ('owner', 'editor', 'contributor', 'viewer')),
	CONSTRAINT fk_membership_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT fk_membership_user_id_account FOREIGN KEY(user_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT pk_membership PRIMARY KEY (id),
	CONSTRAINT uq_membership_user_id UNIQUE (user_id, organisation_id)
);

CREATE TABLE registration (
	token_hash VARCHAR(64) NOT NULL,
	email VARCHAR(320) NOT NULL,
	language VARCHAR(2) NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_registration PRIMARY KEY (token_hash)
);

CREATE TABLE authenticator_app (
	account_id INTEGER NOT NULL,
	secret VARCHAR(300) NOT NULL,
	last_counter BIGINT NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT fk_authenticator_app_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT pk_authenticator_app PRIMARY KEY (account_id)
);

CREATE TABLE identity (
	issuer VARCHAR(500) NOT NULL,
	subject VARCHAR(255) NOT NULL,
	account_id INTEGER NOT NULL,
	email VARCHAR(320) NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT fk_identity_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT pk_identity PRIMARY KEY (issuer, subject)
);

CREATE TABLE passkey (
	id INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	credential_id VARCHAR(1400) NOT NULL,
	handle VARCHAR(86) NOT NULL,
	public_key BLOB NOT NULL,
	sign_count BIGINT NOT NULL,
	transports JSON NOT NULL,
	name VARCHAR(100) NOT NULL,
	created_at DATETIME NOT NULL,
	challenged_at DATETIME NOT NULL,
	CONSTRAINT fk_passkey_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT pk_passkey PRIMARY KEY (id),
	CONSTRAINT uq_passkey_credential_id UNIQUE (credential_id)
);

CREATE TABLE calculation_line (
	id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	calculator VARCHAR(40) NOT NULL,
	content JSON NOT NULL,
	version INTEGER NOT NULL,
	removed_at DATETIME,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_calculation_line_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_calculation_line_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_calculation_line_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_calculation_line PRIMARY KEY (id)
);

CREATE TABLE calculation_line_revision (
	id INTEGER NOT NULL,
	line_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	content JSON NOT NULL,
	kept_aside BOOLEAN NOT NULL,
	saved_at DATETIME NOT NULL,
	saved_by INTEGER,
	CONSTRAINT fk_calculation_line_revision_line_id_calculation_line FOREIGN KEY(line_id) REFERENCES calculation_line (id) ON DELETE CASCADE,
	CONSTRAINT fk_calculation_line_revision_saved_by_account FOREIGN KEY(saved_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_calculation_line_revision PRIMARY KEY (id)
);

CREATE TABLE site_figure (
	id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	datapoint VARCHAR(80) NOT NULL,
	site VARCHAR(500) NOT NULL,
	value VARCHAR(40) NOT NULL,
	unit VARCHAR(40) NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_site_figure_has_site CHECK (site <> ''),
	CONSTRAINT fk_site_figure_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_site_figure_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_site_figure PRIMARY KEY (id),
	CONSTRAINT uq_site_figure_site UNIQUE (organisation_id, year, datapoint, site)
);

CREATE TABLE figure_scope (
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	sites JSON NOT NULL,
	note TEXT NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT fk_figure_scope_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_figure_scope_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_figure_scope PRIMARY KEY (organisation_id, year)
);

CREATE TABLE evidence_file (
	id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	name VARCHAR(120) NOT NULL,
	title VARCHAR(200) NOT NULL,
	kind VARCHAR(30) NOT NULL,
	size INTEGER NOT NULL,
	valid_until DATE,
	is_listed BOOLEAN NOT NULL,
	is_for_review BOOLEAN NOT NULL,
	version INTEGER NOT NULL,
	uploaded_at DATETIME NOT NULL,
	uploaded_by INTEGER,
	CONSTRAINT ck_evidence_file_filekind CHECK (kind IN ('pdf', 'png', 'jpg', 'webp', 'xlsx', 'docx', 'pptx', 'ods', 'odt', 'csv', 'txt')),
	CONSTRAINT ck_evidence_file_has_name CHECK (name <> ''),
	CONSTRAINT ck_evidence_file_sha256_whole CHECK (length(sha256) = 64),
	CONSTRAINT ck_evidence_file_size_positive CHECK (size > 0),
	CONSTRAINT ck_evidence_file_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_evidence_file_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT fk_evidence_file_uploaded_by_account FOREIGN KEY(uploaded_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_evidence_file PRIMARY KEY (id),
	CONSTRAINT uq_evidence_file_content UNIQUE (organisation_id, year, sha256)
);

CREATE TABLE evidence_use (
	id INTEGER NOT NULL,
	file_id INTEGER NOT NULL,
	declaration_id INTEGER,
	ref VARCHAR(80) NOT NULL,
	datapoint VARCHAR(80) NOT NULL,
	line_id INTEGER,
	CONSTRAINT ck_evidence_use_belongs_to_one_thing CHECK (CASE WHEN declaration_id IS NULL THEN 0 ELSE 1 END + CASE WHEN datapoint = '' THEN 0 ELSE 1 END + CASE WHEN line_id IS NULL THEN 0 ELSE 1 END = 1),
	CONSTRAINT ck_evidence_use_ref_of_declaration CHECK (ref = '' OR declaration_id IS NOT NULL),
	CONSTRAINT fk_evidence_use_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_evidence_use_file_id_evidence_file FOREIGN KEY(file_id) REFERENCES evidence_file (id) ON DELETE CASCADE,
	CONSTRAINT fk_evidence_use_line_id_calculation_line FOREIGN KEY(line_id) REFERENCES calculation_line (id) ON DELETE CASCADE,
	CONSTRAINT pk_evidence_use PRIMARY KEY (id)
);

CREATE TABLE explained_warning (
	id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	rule VARCHAR(60) NOT NULL,
	subject VARCHAR(80) NOT NULL,
	text TEXT NOT NULL,
	fingerprint VARCHAR(64) NOT NULL,
	is_printed BOOLEAN NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_explained_warning_fingerprint_whole CHECK (length(fingerprint) = 64),
	CONSTRAINT ck_explained_warning_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_explained_warning_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_explained_warning_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_explained_warning PRIMARY KEY (id),
	CONSTRAINT uq_explained_warning_subject UNIQUE (organisation_id, year, rule, subject)
);

CREATE TABLE explained_warning_revision (
	id INTEGER NOT NULL,
	warning_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	content JSON NOT NULL,
	kept_aside BOOLEAN NOT NULL,
	saved_at DATETIME NOT NULL,
	saved_by INTEGER,
	CONSTRAINT fk_explained_warning_revision_saved_by_account FOREIGN KEY(saved_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_explained_warning_revision_warning_id_explained_warning FOREIGN KEY(warning_id) REFERENCES explained_warning (id) ON DELETE CASCADE,
	CONSTRAINT pk_explained_warning_revision PRIMARY KEY (id)
);

CREATE TABLE goal_review (
	declaration_id INTEGER NOT NULL,
	ref VARCHAR(80) NOT NULL,
	year INTEGER NOT NULL,
	outcome VARCHAR(30),
	reason TEXT NOT NULL,
	outlook TEXT NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_goal_review_goaloutcome CHECK (outcome IN ('yes', 'partly', 'no', 'ongoing')),
	CONSTRAINT ck_goal_review_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_goal_review_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_goal_review_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT pk_goal_review PRIMARY KEY (declaration_id, ref)
);

CREATE TABLE self_check (
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	"key" VARCHAR(40) NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_self_check_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_self_check_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_self_check_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_self_check PRIMARY KEY (organisation_id, year, "key")
);

CREATE TABLE self_check_reply (
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	self_check VARCHAR(40) NOT NULL,
	question VARCHAR(60) NOT NULL,
	reply VARCHAR(30) NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_self_check_reply_reply CHECK (reply IN ('yes', 'partly', 'no')),
	CONSTRAINT fk_self_check_reply_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_self_check_reply_self_check FOREIGN KEY(organisation_id, year, self_check) REFERENCES self_check (organisation_id, year, "key") ON DELETE CASCADE,
	CONSTRAINT pk_self_check_reply PRIMARY KEY (organisation_id, year, self_check, question)
);

CREATE TABLE "figure" (
	id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	datapoint VARCHAR(80) NOT NULL,
	value VARCHAR(40),
	unit VARCHAR(40) NOT NULL,
	quality VARCHAR(30),
	note TEXT NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	source VARCHAR(500) NOT NULL,
	responsible VARCHAR(500) NOT NULL,
	origin VARCHAR(30) NOT NULL,
	CONSTRAINT ck_figure_origin CHECK (origin IN ('', 'lines', 'sites')),
	CONSTRAINT ck_figure_quality CHECK (quality IN ('measured', 'calculated', 'estimated', 'not-available')),
	CONSTRAINT ck_figure_value_has_unit CHECK ((value IS NULL) = (unit = '')),
	CONSTRAINT ck_figure_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_figure_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_figure_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_figure PRIMARY KEY (id),
	CONSTRAINT uq_figure_datapoint UNIQUE (organisation_id, year, datapoint)
);

CREATE TABLE proof (
	snapshot_id INTEGER NOT NULL,
	published_at DATETIME,
	seal TEXT NOT NULL,
	CONSTRAINT fk_proof_snapshot_id_snapshot FOREIGN KEY(snapshot_id) REFERENCES snapshot (id) ON DELETE CASCADE,
	CONSTRAINT pk_proof PRIMARY KEY (snapshot_id)
);

CREATE TABLE logo (
	id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	content BLOB NOT NULL,
	CONSTRAINT ck_logo_sha256_whole CHECK (length(sha256) = 64),
	CONSTRAINT fk_logo_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_logo PRIMARY KEY (id),
	CONSTRAINT uq_logo_content UNIQUE (organisation_id, sha256)
);

CREATE TABLE "recovery_code" (
	code_hash VARCHAR(64) NOT NULL,
	account_id INTEGER NOT NULL,
	salt VARCHAR(32) NOT NULL,
	CONSTRAINT fk_recovery_code_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT pk_recovery_code PRIMARY KEY (code_hash)
);

CREATE TABLE installation_default (
	setting VARCHAR(40) NOT NULL,
	value JSON NOT NULL,
	CONSTRAINT pk_installation_default PRIMARY KEY (setting)
);

CREATE TABLE sent_form (
	"key" VARCHAR(64) NOT NULL,
	location TEXT NOT NULL,
	sent_at DATETIME NOT NULL,
	CONSTRAINT pk_sent_form PRIMARY KEY ("key")
);

CREATE TABLE erasure (
	account_number INTEGER NOT NULL,
	erased_at DATETIME NOT NULL,
	CONSTRAINT pk_erasure PRIMARY KEY (account_number, erased_at)
);

CREATE TABLE installation_state (
	name VARCHAR(40) NOT NULL,
	value VARCHAR(500) NOT NULL,
	changed_at DATETIME NOT NULL,
	CONSTRAINT pk_installation_state PRIMARY KEY (name)
);

CREATE TABLE "organisation" (
	id INTEGER NOT NULL,
	name VARCHAR(500) NOT NULL,
	legal_form VARCHAR(500) NOT NULL,
	sector VARCHAR(80) NOT NULL,
	employees INTEGER,
	turnover_value VARCHAR(40),
	turnover_unit VARCHAR(40) NOT NULL,
	address TEXT NOT NULL,
	website VARCHAR(500) NOT NULL,
	sites JSON NOT NULL,
	version INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	requires_sign_off BOOLEAN NOT NULL,
	is_findable BOOLEAN NOT NULL,
	archived_at DATETIME,
	exported_at DATETIME,
	asked_to_close_at DATETIME,
	CONSTRAINT ck_organisation_employees_not_negative CHECK (employees IS NULL OR employees >= 0),
	CONSTRAINT ck_organisation_has_name CHECK (name <> ''),
	CONSTRAINT pk_organisation PRIMARY KEY (id)
);

CREATE TABLE deletion (
	kind VARCHAR(20) NOT NULL,
	number INTEGER NOT NULL,
	deleted_at DATETIME NOT NULL,
	CONSTRAINT pk_deletion PRIMARY KEY (kind, number, deleted_at)
);

CREATE TABLE gone_page (
	slug_sha256 VARCHAR(64) NOT NULL,
	CONSTRAINT pk_gone_page PRIMARY KEY (slug_sha256)
);

CREATE TABLE standing_answer (
	organisation_id INTEGER NOT NULL,
	ref VARCHAR(80) NOT NULL,
	text TEXT NOT NULL,
	CONSTRAINT fk_standing_answer_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_standing_answer PRIMARY KEY (organisation_id, ref)
);

CREATE TABLE print_record (
	snapshot_id INTEGER NOT NULL,
	file_sha256 VARCHAR(64) NOT NULL,
	method INTEGER NOT NULL,
	document VARCHAR(64) NOT NULL,
	pages TEXT NOT NULL,
	recorded_at DATETIME NOT NULL,
	CONSTRAINT fk_print_record_snapshot_id_snapshot FOREIGN KEY(snapshot_id) REFERENCES snapshot (id) ON DELETE CASCADE,
	CONSTRAINT pk_print_record PRIMARY KEY (snapshot_id, file_sha256, method)
);

CREATE TABLE figure_decision (
	organisation_id INTEGER NOT NULL,
	year INTEGER NOT NULL,
	datapoint VARCHAR(80) NOT NULL,
	fingerprint VARCHAR(64) NOT NULL,
	note TEXT NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_figure_decision_fingerprint_whole CHECK (length(fingerprint) = 64),
	CONSTRAINT fk_figure_decision_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_figure_decision_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_figure_decision PRIMARY KEY (organisation_id, year, datapoint)
);

CREATE TABLE list_mapping (
	organisation_id INTEGER NOT NULL,
	kind VARCHAR(20) NOT NULL,
	supplier VARCHAR(80) NOT NULL,
	columns JSON NOT NULL,
	changed_at DATETIME NOT NULL,
	CONSTRAINT fk_list_mapping_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_list_mapping PRIMARY KEY (organisation_id, kind, supplier)
);

CREATE TABLE "answer" (
	id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	ref VARCHAR(80) NOT NULL,
	disclosure VARCHAR(30),
	text TEXT NOT NULL,
	explanation TEXT NOT NULL,
	reason VARCHAR(80) NOT NULL,
	value JSON,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	taken_from INTEGER,
	is_marked_up BOOLEAN NOT NULL,
	drafts JSON,
	CONSTRAINT ck_answer_disclosure CHECK (disclosure IN ('comply', 'explain')),
	CONSTRAINT ck_answer_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_answer_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_answer_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT pk_answer PRIMARY KEY (id),
	CONSTRAINT uq_answer_ref UNIQUE (declaration_id, ref)
);

CREATE TABLE "look" (
	organisation_id INTEGER NOT NULL,
	accent VARCHAR(7) NOT NULL,
	logo_id INTEGER,
	version INTEGER NOT NULL,
	has_questions BOOLEAN NOT NULL,
	portrait_id INTEGER,
	CONSTRAINT ck_look_accent_whole CHECK (length(accent) IN (0, 7)),
	CONSTRAINT ck_look_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_look_logo_id_logo FOREIGN KEY(logo_id) REFERENCES logo (id) ON DELETE SET NULL,
	CONSTRAINT fk_look_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT fk_look_portrait_id_logo FOREIGN KEY(portrait_id) REFERENCES logo (id) ON DELETE SET NULL,
	CONSTRAINT pk_look PRIMARY KEY (organisation_id)
);

CREATE TABLE "version_look" (
	snapshot_id INTEGER NOT NULL,
	accent VARCHAR(7) NOT NULL,
	logo_id INTEGER,
	has_questions BOOLEAN NOT NULL,
	portrait_id INTEGER,
	CONSTRAINT ck_version_look_accent_whole CHECK (length(accent) IN (0, 7)),
	CONSTRAINT fk_version_look_logo_id_logo FOREIGN KEY(logo_id) REFERENCES logo (id) ON DELETE SET NULL,
	CONSTRAINT fk_version_look_portrait_id_logo FOREIGN KEY(portrait_id) REFERENCES logo (id) ON DELETE SET NULL,
	CONSTRAINT fk_version_look_snapshot_id_snapshot FOREIGN KEY(snapshot_id) REFERENCES snapshot (id) ON DELETE CASCADE,
	CONSTRAINT pk_version_look PRIMARY KEY (snapshot_id)
);

CREATE TABLE cohort (
	id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	reporting_year INTEGER NOT NULL,
	name VARCHAR(200) NOT NULL,
	is_default BOOLEAN NOT NULL,
	starts DATE,
	due DATE,
	indicator_set VARCHAR(80),
	created_at DATETIME NOT NULL,
	archived_at DATETIME,
	CONSTRAINT ck_cohort_default_has_no_name CHECK (is_default = (name = '')),
	CONSTRAINT fk_cohort_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT pk_cohort PRIMARY KEY (id),
	CONSTRAINT uq_cohort_cluster_id UNIQUE (cluster_id, reporting_year, name)
);

CREATE TABLE milestone (
	id INTEGER NOT NULL,
	cohort_id INTEGER NOT NULL,
	day DATE NOT NULL,
	title VARCHAR(200) NOT NULL,
	place VARCHAR(500) NOT NULL,
	note TEXT NOT NULL,
	sections JSON NOT NULL,
	CONSTRAINT fk_milestone_cohort_id_cohort FOREIGN KEY(cohort_id) REFERENCES cohort (id) ON DELETE CASCADE,
	CONSTRAINT pk_milestone PRIMARY KEY (id)
);

CREATE TABLE cohort_assignment (
	cluster_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	reporting_year INTEGER NOT NULL,
	cohort_id INTEGER,
	assigned_at DATETIME NOT NULL,
	CONSTRAINT fk_cohort_assignment_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_cohort_assignment_cohort_id_cohort FOREIGN KEY(cohort_id) REFERENCES cohort (id) ON DELETE CASCADE,
	CONSTRAINT fk_cohort_assignment_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_cohort_assignment PRIMARY KEY (cluster_id, organisation_id, reporting_year)
);

CREATE TABLE "consent" (
	id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	aggregates_from INTEGER,
	granted_at DATETIME NOT NULL,
	granted_by INTEGER,
	withdrawn_at DATETIME,
	withdrawn_by INTEGER,
	edition VARCHAR(40) NOT NULL,
	asked_at DATETIME,
	left_edition VARCHAR(40) NOT NULL,
	CONSTRAINT fk_consent_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_consent_granted_by_account FOREIGN KEY(granted_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_consent_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT fk_consent_withdrawn_by_account FOREIGN KEY(withdrawn_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_consent PRIMARY KEY (id)
);

CREATE TABLE member_note (
	id INTEGER NOT NULL,
	consent_id INTEGER NOT NULL,
	text TEXT NOT NULL,
	written_at DATETIME NOT NULL,
	changed_at DATETIME,
	author_id INTEGER,
	CONSTRAINT ck_member_note_has_text CHECK (text <> ''),
	CONSTRAINT fk_member_note_author_id_account FOREIGN KEY(author_id) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_member_note_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE,
	CONSTRAINT pk_member_note PRIMARY KEY (id)
);

CREATE TABLE attendance (
	milestone_id INTEGER NOT NULL,
	consent_id INTEGER NOT NULL,
	attendance VARCHAR(30) NOT NULL,
	CONSTRAINT ck_attendance_attendance CHECK (attendance IN ('came', 'excused', 'absent')),
	CONSTRAINT fk_attendance_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE,
	CONSTRAINT fk_attendance_milestone_id_milestone FOREIGN KEY(milestone_id) REFERENCES milestone (id) ON DELETE CASCADE,
	CONSTRAINT pk_attendance PRIMARY KEY (milestone_id, consent_id)
);

CREATE TABLE earlier_link (
	token_hash VARCHAR(64) NOT NULL,
	invitation_id INTEGER NOT NULL,
	works BOOLEAN NOT NULL,
	CONSTRAINT fk_earlier_link_invitation_id_invitation FOREIGN KEY(invitation_id) REFERENCES invitation (id) ON DELETE CASCADE,
	CONSTRAINT pk_earlier_link PRIMARY KEY (token_hash)
);

CREATE TABLE "account" (
	id INTEGER NOT NULL,
	email VARCHAR(320) NOT NULL,
	name VARCHAR(200) NOT NULL,
	password_hash VARCHAR(200) NOT NULL,
	fs_uniquifier VARCHAR(64) NOT NULL,
	active BOOLEAN NOT NULL,
	is_operator BOOLEAN NOT NULL,
	language VARCHAR(2) NOT NULL,
	created_at DATETIME NOT NULL,
	wants_reminders BOOLEAN NOT NULL,
	last_sign_in_at DATETIME,
	declined_second_factor BOOLEAN NOT NULL,
	cluster_news VARCHAR(30) NOT NULL,
	CONSTRAINT ck_account_email_in_small_letters CHECK (email = lower(email)),
	CONSTRAINT ck_account_language_known CHECK (language IN ('de', 'en')),
	CONSTRAINT ck_account_newsfrequency CHECK (cluster_news IN ('now', 'daily', 'never')),
	CONSTRAINT pk_account PRIMARY KEY (id),
	CONSTRAINT uq_account_email UNIQUE (email),
	CONSTRAINT uq_account_fs_uniquifier UNIQUE (fs_uniquifier)
);

CREATE TABLE cluster_message (
	id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	subject VARCHAR(300) NOT NULL,
	text TEXT NOT NULL,
	mails INTEGER NOT NULL,
	sent_at DATETIME NOT NULL,
	sent_by INTEGER,
	CONSTRAINT fk_cluster_message_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_cluster_message_sent_by_account FOREIGN KEY(sent_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_cluster_message PRIMARY KEY (id)
);

CREATE TABLE message_copy (
	id INTEGER NOT NULL,
	message_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	mail_id INTEGER,
	delivery VARCHAR(30) NOT NULL,
	refusal VARCHAR(30),
	CONSTRAINT ck_message_copy_message_copy_delivery CHECK (delivery IN ('waiting', 'sent', 'folder', 'unclear', 'refused')),
	CONSTRAINT ck_message_copy_message_copy_refusal CHECK (refusal IN ('address', 'domain', 'full', 'sender', 'text', 'given-up', 'bounced', 'other')),
	CONSTRAINT fk_message_copy_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT fk_message_copy_mail_id_mail FOREIGN KEY(mail_id) REFERENCES mail (id) ON DELETE SET NULL,
	CONSTRAINT fk_message_copy_message_id_cluster_message FOREIGN KEY(message_id) REFERENCES cluster_message (id) ON DELETE CASCADE,
	CONSTRAINT fk_message_copy_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_message_copy PRIMARY KEY (id)
);

CREATE TABLE "invitation" (
	id INTEGER NOT NULL,
	kind VARCHAR(30) NOT NULL,
	email VARCHAR(320) NOT NULL,
	name VARCHAR(200) NOT NULL,
	language VARCHAR(2) NOT NULL,
	token_hash VARCHAR(64) NOT NULL,
	organisation_id INTEGER,
	cluster_id INTEGER,
	declaration_id INTEGER,
	role VARCHAR(30) NOT NULL,
	refs JSON NOT NULL,
	company VARCHAR(500) NOT NULL,
	until DATE,
	message TEXT NOT NULL,
	created_at DATETIME NOT NULL,
	created_by INTEGER,
	expires_at DATETIME NOT NULL,
	sent_at DATETIME NOT NULL,
	times_sent INTEGER NOT NULL,
	accepted_at DATETIME,
	accepted_by INTEGER,
	revoked_at DATETIME,
	hands_over BOOLEAN NOT NULL,
	mail_id INTEGER,
	refusal VARCHAR(30),
	opened_at DATETIME,
	declined_at DATETIME,
	reminded_at DATETIME,
	delivery VARCHAR(30) NOT NULL,
	decline_reason VARCHAR(500) NOT NULL,
	reminder_step INTEGER NOT NULL,
	cohort_id INTEGER,
	CONSTRAINT ck_invitation_email_in_small_letters CHECK (email = lower(email)),
	CONSTRAINT ck_invitation_ended_once CHECK (accepted_at IS NULL OR revoked_at IS NULL),
	CONSTRAINT ck_invitation_invitation_delivery CHECK (delivery IN ('waiting', 'sent', 'folder', 'unclear', 'refused')),
	CONSTRAINT ck_invitation_invitation_refusal CHECK (refusal IN ('address', 'domain', 'full', 'sender', 'text', 'given-up', 'bounced', 'other')),
	CONSTRAINT ck_invitation_invitationkind CHECK (kind IN ('member', 'staff', 'company', 'contribution', 'sign-off')),
	CONSTRAINT ck_invitation_language_known CHECK (language IN ('de', 'en')),
	CONSTRAINT ck_invitation_token_hash_whole CHECK (length(token_hash) = 64),
	CONSTRAINT fk_invitation_accepted_by_account FOREIGN KEY(accepted_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_invitation_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_invitation_cohort_id_cohort FOREIGN KEY(cohort_id) REFERENCES cohort (id) ON DELETE SET NULL,
	CONSTRAINT fk_invitation_created_by_account FOREIGN KEY(created_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_invitation_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_invitation_mail_id_mail FOREIGN KEY(mail_id) REFERENCES mail (id) ON DELETE SET NULL,
	CONSTRAINT fk_invitation_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_invitation PRIMARY KEY (id),
	CONSTRAINT uq_invitation_token_hash UNIQUE (token_hash)
);

CREATE TABLE cohort_view (
	account_id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	reporting_year INTEGER NOT NULL,
	cohort_id INTEGER,
	CONSTRAINT fk_cohort_view_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT fk_cohort_view_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_cohort_view_cohort_id_cohort FOREIGN KEY(cohort_id) REFERENCES cohort (id) ON DELETE CASCADE,
	CONSTRAINT pk_cohort_view PRIMARY KEY (account_id, cluster_id)
);

CREATE TABLE milestone_reminder (
	account_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	milestone_id INTEGER NOT NULL,
	day DATE NOT NULL,
	days_before INTEGER NOT NULL,
	sent_at DATETIME NOT NULL,
	CONSTRAINT fk_milestone_reminder_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT fk_milestone_reminder_milestone_id_milestone FOREIGN KEY(milestone_id) REFERENCES milestone (id) ON DELETE CASCADE,
	CONSTRAINT fk_milestone_reminder_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_milestone_reminder PRIMARY KEY (account_id, organisation_id, milestone_id, day, days_before)
);

CREATE TABLE room (
	cluster_id INTEGER NOT NULL,
	cohort_id INTEGER,
	code VARCHAR(8) NOT NULL,
	opened_at DATETIME NOT NULL,
	opened_by INTEGER NOT NULL,
	closes_at DATETIME NOT NULL,
	CONSTRAINT fk_room_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_room_cohort_id_cohort FOREIGN KEY(cohort_id) REFERENCES cohort (id) ON DELETE CASCADE,
	CONSTRAINT fk_room_opened_by_account FOREIGN KEY(opened_by) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT pk_room PRIMARY KEY (cluster_id),
	CONSTRAINT uq_room_code UNIQUE (code)
);

CREATE TABLE practice_firm (
	cluster_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	begun_at DATETIME NOT NULL,
	CONSTRAINT fk_practice_firm_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_practice_firm_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_practice_firm PRIMARY KEY (cluster_id),
	CONSTRAINT uq_practice_firm_organisation_id UNIQUE (organisation_id)
);

CREATE TABLE "remark" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	declaration_id INTEGER NOT NULL,
	cluster_id INTEGER,
	thread_id INTEGER,
	section VARCHAR(80) NOT NULL,
	ref VARCHAR(80) NOT NULL,
	version INTEGER NOT NULL,
	audience VARCHAR(30) NOT NULL,
	side VARCHAR(30) NOT NULL,
	text TEXT NOT NULL,
	written_at DATETIME NOT NULL,
	author_id INTEGER,
	resolved_at DATETIME,
	resolved_by INTEGER,
	published_at DATETIME,
	number INTEGER NOT NULL,
	is_autosaved BOOLEAN NOT NULL,
	CONSTRAINT ck_remark_audience CHECK (audience IN ('company', 'shared', 'reviewers')),
	CONSTRAINT ck_remark_has_text CHECK (text <> ''),
	CONSTRAINT ck_remark_number_from_one CHECK (number >= 1),
	CONSTRAINT ck_remark_side CHECK (side IN ('company', 'reviewers')),
	CONSTRAINT ck_remark_threads_are_resolved CHECK (resolved_at IS NULL OR thread_id IS NULL),
	CONSTRAINT fk_remark_author_id_account FOREIGN KEY(author_id) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_remark_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE SET NULL,
	CONSTRAINT fk_remark_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_remark_resolved_by_account FOREIGN KEY(resolved_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_remark_thread_id_remark FOREIGN KEY(thread_id) REFERENCES remark (id) ON DELETE CASCADE
);

CREATE TABLE review_round (
	id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	letter TEXT NOT NULL,
	answer_until DATE NOT NULL,
	requested_at DATETIME NOT NULL,
	requested_by INTEGER,
	CONSTRAINT fk_review_round_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_review_round_requested_by_account FOREIGN KEY(requested_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_review_round PRIMARY KEY (id),
	CONSTRAINT uq_review_round_version UNIQUE (declaration_id, version)
);

CREATE TABLE review_assignment (
	declaration_id INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	assigned_at DATETIME NOT NULL,
	CONSTRAINT fk_review_assignment_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT fk_review_assignment_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_review_assignment_staff FOREIGN KEY(account_id, cluster_id) REFERENCES cluster_staff (user_id, cluster_id) ON DELETE CASCADE,
	CONSTRAINT pk_review_assignment PRIMARY KEY (declaration_id)
);

CREATE TABLE review_conflict (
	account_id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	reason VARCHAR(500) NOT NULL,
	marked_at DATETIME NOT NULL,
	CONSTRAINT fk_review_conflict_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT fk_review_conflict_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT fk_review_conflict_staff FOREIGN KEY(account_id, cluster_id) REFERENCES cluster_staff (user_id, cluster_id) ON DELETE CASCADE,
	CONSTRAINT pk_review_conflict PRIMARY KEY (account_id, cluster_id, organisation_id)
);

CREATE TABLE review_opening (
	account_id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	section VARCHAR(80) NOT NULL,
	opened_at DATETIME NOT NULL,
	CONSTRAINT fk_review_opening_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT fk_review_opening_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_review_opening_staff FOREIGN KEY(account_id, cluster_id) REFERENCES cluster_staff (user_id, cluster_id) ON DELETE CASCADE,
	CONSTRAINT pk_review_opening PRIMARY KEY (account_id)
);

CREATE TABLE "manager_news" (
	id INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	kind VARCHAR(30) NOT NULL,
	company VARCHAR(500) NOT NULL,
	text VARCHAR(500) NOT NULL,
	happened_at DATETIME NOT NULL,
	declaration_id INTEGER,
	CONSTRAINT ck_manager_news_newskind CHECK (kind IN ('joined', 'declined', 'refused', 'assigned')),
	CONSTRAINT fk_manager_news_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
	CONSTRAINT fk_manager_news_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_manager_news_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT pk_manager_news PRIMARY KEY (id)
);

CREATE TABLE "stock_remark" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	cluster_id INTEGER NOT NULL,
	title VARCHAR(200) NOT NULL,
	text_de TEXT NOT NULL,
	text_en TEXT NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	section VARCHAR(80) NOT NULL,
	uses INTEGER NOT NULL,
	CONSTRAINT fk_stock_remark_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE
);

CREATE TABLE review_check (
	declaration_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	point VARCHAR(30) NOT NULL,
	checked_at DATETIME NOT NULL,
	checked_by INTEGER,
	CONSTRAINT ck_review_check_point CHECK (point IN ('consistency', 'coherence', 'ease-of-understanding', 'formal-completeness')),
	CONSTRAINT fk_review_check_checked_by_account FOREIGN KEY(checked_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_review_check_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT pk_review_check PRIMARY KEY (declaration_id, version, point)
);

CREATE TABLE "approval" (
	id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	cluster_id INTEGER,
	cluster_name VARCHAR(500) NOT NULL,
	approved_at DATETIME NOT NULL,
	approved_by INTEGER,
	withdrawn_at DATETIME,
	withdrawn_by INTEGER,
	reason TEXT NOT NULL,
	CONSTRAINT ck_approval_withdrawn_with_reason CHECK ((withdrawn_at IS NULL) = (reason = '')),
	CONSTRAINT fk_approval_approved_by_account FOREIGN KEY(approved_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_approval_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE SET NULL,
	CONSTRAINT fk_approval_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_approval_withdrawn_by_account FOREIGN KEY(withdrawn_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_approval PRIMARY KEY (id)
);

CREATE TABLE release (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	cluster_id INTEGER NOT NULL,
	reporting_year INTEGER NOT NULL,
	number INTEGER NOT NULL,
	state VARCHAR(30) NOT NULL,
	content TEXT,
	sha256 VARCHAR(64) NOT NULL,
	inputs VARCHAR(64) NOT NULL,
	companies INTEGER NOT NULL,
	refusal VARCHAR(30) NOT NULL,
	ordered_at DATETIME NOT NULL,
	made_at DATETIME,
	made_by INTEGER,
	withdrawn_at DATETIME,
	withdrawn_by INTEGER,
	reason TEXT NOT NULL,
	CONSTRAINT ck_release_content_when_prepared CHECK ((state IN ('prepared', 'made')) = (content IS NOT NULL)),
	CONSTRAINT ck_release_made_once CHECK ((state = 'made') = (made_at IS NOT NULL)),
	CONSTRAINT ck_release_number_from_one CHECK (number >= 1),
	CONSTRAINT ck_release_releasestate CHECK (state IN ('ordered', 'prepared', 'made', 'refused')),
	CONSTRAINT ck_release_withdrawn_with_reason CHECK ((withdrawn_at IS NULL) = (reason = '')),
	CONSTRAINT fk_release_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_release_made_by_account FOREIGN KEY(made_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_release_withdrawn_by_account FOREIGN KEY(withdrawn_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT uq_release_number UNIQUE (cluster_id, reporting_year, number)
);

CREATE TABLE release_company (
	release_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	entry JSON NOT NULL,
	CONSTRAINT fk_release_company_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_release_company_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT fk_release_company_release_id_release FOREIGN KEY(release_id) REFERENCES release (id) ON DELETE CASCADE,
	CONSTRAINT pk_release_company PRIMARY KEY (release_id, organisation_id)
);

CREATE TABLE company_measure (
	id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	criterion INTEGER,
	text TEXT NOT NULL,
	owner VARCHAR(500) NOT NULL,
	due DATE,
	kind VARCHAR(40) NOT NULL,
	state VARCHAR(30) NOT NULL,
	effect JSON NOT NULL,
	investment_eur VARCHAR(40),
	from_year INTEGER,
	lifetime INTEGER,
	counts_for INTEGER,
	version INTEGER NOT NULL,
	removed_at DATETIME,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_company_measure_has_text CHECK (text <> ''),
	CONSTRAINT ck_company_measure_lifetime_from_one CHECK (lifetime IS NULL OR lifetime >= 1),
	CONSTRAINT ck_company_measure_measurestate CHECK (state IN ('idea', 'planned', 'running', 'done', 'dropped')),
	CONSTRAINT ck_company_measure_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_company_measure_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_company_measure_counts_for_cluster FOREIGN KEY(counts_for) REFERENCES cluster (id) ON DELETE SET NULL,
	CONSTRAINT fk_company_measure_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_company_measure PRIMARY KEY (id)
);

CREATE TABLE climate_goal (
	organisation_id INTEGER NOT NULL,
	base_year INTEGER NOT NULL,
	base VARCHAR(40) NOT NULL,
	base_origin VARCHAR(30) NOT NULL,
	base_reason TEXT NOT NULL,
	target_year INTEGER NOT NULL,
	percent VARCHAR(40),
	amount VARCHAR(40),
	scope2 VARCHAR(30) NOT NULL,
	scope3 JSON NOT NULL,
	neutral_year INTEGER,
	neutrality VARCHAR(30),
	grid_start VARCHAR(40),
	grid_end VARCHAR(40),
	grid_year INTEGER,
	is_in_declaration BOOLEAN NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_climate_goal_baseorigin CHECK (base_origin IN ('figures', 'typed')),
	CONSTRAINT ck_climate_goal_grid_whole CHECK ((grid_year IS NULL) = (grid_start IS NULL) AND (grid_year IS NULL) = (grid_end IS NULL)),
	CONSTRAINT ck_climate_goal_neutral_with_meaning CHECK ((neutral_year IS NULL) = (neutrality IS NULL)),
	CONSTRAINT ck_climate_goal_neutrality CHECK (neutrality IN ('calculated', 'compensated')),
	CONSTRAINT ck_climate_goal_scope2method CHECK (scope2 IN ('location', 'market')),
	CONSTRAINT ck_climate_goal_share_or_amount CHECK ((percent IS NULL) <> (amount IS NULL)),
	CONSTRAINT ck_climate_goal_target_after_base CHECK (base_year < target_year),
	CONSTRAINT ck_climate_goal_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_climate_goal_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_climate_goal_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_climate_goal PRIMARY KEY (organisation_id)
);

CREATE TABLE joint_goal (
	cluster_id INTEGER NOT NULL,
	from_year INTEGER NOT NULL,
	until_year INTEGER NOT NULL,
	kwh VARCHAR(40),
	t_co2e VARCHAR(40),
	cost_eur VARCHAR(40),
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_joint_goal_years_in_order CHECK (from_year <= until_year),
	CONSTRAINT fk_joint_goal_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_joint_goal_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT pk_joint_goal PRIMARY KEY (cluster_id)
);

CREATE TABLE joint_sum (
	id INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	content JSON NOT NULL,
	made_at DATETIME NOT NULL,
	made_by INTEGER,
	CONSTRAINT fk_joint_sum_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_joint_sum_made_by_account FOREIGN KEY(made_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_joint_sum PRIMARY KEY (id),
	CONSTRAINT uq_joint_sum_cluster_id UNIQUE (cluster_id, number)
);

CREATE TABLE joint_sum_company (
	joint_sum_id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	savings JSON NOT NULL,
	CONSTRAINT fk_joint_sum_company_joint_sum_id_joint_sum FOREIGN KEY(joint_sum_id) REFERENCES joint_sum (id) ON DELETE CASCADE,
	CONSTRAINT fk_joint_sum_company_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_joint_sum_company PRIMARY KEY (joint_sum_id, organisation_id)
);

CREATE TABLE poll (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	cluster_id INTEGER NOT NULL,
	code VARCHAR(4) NOT NULL,
	question VARCHAR(200) NOT NULL,
	kind VARCHAR(30) NOT NULL,
	options JSON NOT NULL,
	attribution VARCHAR(30) NOT NULL,
	section VARCHAR(40) NOT NULL,
	state VARCHAR(30) NOT NULL,
	before_id INTEGER,
	in_report BOOLEAN NOT NULL,
	answers INTEGER NOT NULL,
	counts JSON NOT NULL,
	version INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	opened_at DATETIME,
	CONSTRAINT ck_poll_answers_from_zero CHECK (answers >= 0),
	CONSTRAINT ck_poll_attribution CHECK (attribution IN ('anonymous', 'named')),
	CONSTRAINT ck_poll_has_question CHECK (question <> ''),
	CONSTRAINT ck_poll_opened_unless_draft CHECK (state = 'draft' OR opened_at IS NOT NULL),
	CONSTRAINT ck_poll_pollkind CHECK (kind IN ('single', 'multiple', 'scale', 'text')),
	CONSTRAINT ck_poll_pollstate CHECK (state IN ('draft', 'open', 'closed')),
	CONSTRAINT fk_poll_before_id_poll FOREIGN KEY(before_id) REFERENCES poll (id) ON DELETE SET NULL,
	CONSTRAINT fk_poll_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT uq_poll_before_id UNIQUE (before_id),
	CONSTRAINT uq_poll_code UNIQUE (code)
);

CREATE TABLE poll_text (
	"key" VARCHAR(32) NOT NULL,
	poll_id INTEGER NOT NULL,
	text VARCHAR(300) NOT NULL,
	is_released BOOLEAN NOT NULL,
	CONSTRAINT ck_poll_text_has_text CHECK (text <> ''),
	CONSTRAINT fk_poll_text_poll_id_poll FOREIGN KEY(poll_id) REFERENCES poll (id) ON DELETE CASCADE,
	CONSTRAINT pk_poll_text PRIMARY KEY ("key")
)
 WITHOUT ROWID;

CREATE TABLE poll_ticket (
	digest VARCHAR(64) NOT NULL,
	poll_id INTEGER NOT NULL,
	CONSTRAINT fk_poll_ticket_poll_id_poll FOREIGN KEY(poll_id) REFERENCES poll (id) ON DELETE CASCADE,
	CONSTRAINT pk_poll_ticket PRIMARY KEY (digest)
)
 WITHOUT ROWID;

CREATE TABLE poll_company_answer (
	poll_id INTEGER NOT NULL,
	consent_id INTEGER NOT NULL,
	chosen JSON NOT NULL,
	text VARCHAR(300) NOT NULL,
	is_released BOOLEAN NOT NULL,
	version INTEGER NOT NULL,
	CONSTRAINT fk_poll_company_answer_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE,
	CONSTRAINT fk_poll_company_answer_poll_id_poll FOREIGN KEY(poll_id) REFERENCES poll (id) ON DELETE CASCADE,
	CONSTRAINT pk_poll_company_answer PRIMARY KEY (poll_id, consent_id)
);

CREATE TABLE good_example (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	organisation_id INTEGER NOT NULL,
	measure_id INTEGER NOT NULL,
	consent_id INTEGER,
	state VARCHAR(30) NOT NULL,
	title VARCHAR(200) NOT NULL,
	"before" TEXT NOT NULL,
	idea TEXT NOT NULL,
	done TEXT NOT NULL,
	effort TEXT NOT NULL,
	advice TEXT NOT NULL,
	fits TEXT NOT NULL,
	section VARCHAR(10) NOT NULL,
	is_public BOOLEAN NOT NULL,
	picture_alt TEXT NOT NULL,
	contact_id INTEGER,
	effect JSON NOT NULL,
	kind VARCHAR(40) NOT NULL,
	from_year INTEGER,
	returned_reason TEXT NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	offered_at DATETIME,
	published_at DATETIME,
	published_by INTEGER,
	CONSTRAINT ck_good_example_examplestate CHECK (state IN ('draft', 'offered', 'published')),
	CONSTRAINT ck_good_example_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_good_example_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_good_example_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE SET NULL,
	CONSTRAINT fk_good_example_contact_id_account FOREIGN KEY(contact_id) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_good_example_measure_id_company_measure FOREIGN KEY(measure_id) REFERENCES company_measure (id) ON DELETE CASCADE,
	CONSTRAINT fk_good_example_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT fk_good_example_published_by_account FOREIGN KEY(published_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT uq_good_example_measure_id UNIQUE (measure_id)
);

CREATE TABLE example_picture (
	example_id INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	content BLOB NOT NULL,
	CONSTRAINT ck_example_picture_sha256_whole CHECK (length(sha256) = 64),
	CONSTRAINT fk_example_picture_example_id_good_example FOREIGN KEY(example_id) REFERENCES good_example (id) ON DELETE CASCADE,
	CONSTRAINT pk_example_picture PRIMARY KEY (example_id)
);

CREATE TABLE residue_inquiry (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	notice_id INTEGER NOT NULL,
	consent_id INTEGER NOT NULL,
	own_notice_id INTEGER,
	message TEXT NOT NULL,
	asked_at DATETIME NOT NULL,
	asker_agreed_at DATETIME,
	asker_agreed_by INTEGER,
	owner_agreed_at DATETIME,
	owner_agreed_by INTEGER,
	declined_at DATETIME,
	CONSTRAINT fk_residue_inquiry_asker_agreed_by_account FOREIGN KEY(asker_agreed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_residue_inquiry_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE,
	CONSTRAINT fk_residue_inquiry_notice_id_residue_notice FOREIGN KEY(notice_id) REFERENCES residue_notice (id) ON DELETE CASCADE,
	CONSTRAINT fk_residue_inquiry_own_notice_id_residue_notice FOREIGN KEY(own_notice_id) REFERENCES residue_notice (id) ON DELETE CASCADE,
	CONSTRAINT fk_residue_inquiry_owner_agreed_by_account FOREIGN KEY(owner_agreed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT uq_residue_inquiry_notice_id UNIQUE (notice_id, consent_id)
);

CREATE TABLE residue_report (
	notice_id INTEGER NOT NULL,
	consent_id INTEGER NOT NULL,
	reason TEXT NOT NULL,
	reported_at DATETIME NOT NULL,
	CONSTRAINT fk_residue_report_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE,
	CONSTRAINT fk_residue_report_notice_id_residue_notice FOREIGN KEY(notice_id) REFERENCES residue_notice (id) ON DELETE CASCADE,
	CONSTRAINT pk_residue_report PRIMARY KEY (notice_id, consent_id)
);

CREATE TABLE "declaration" (
	id INTEGER NOT NULL,
	organisation_id INTEGER NOT NULL,
	edition VARCHAR(80) NOT NULL,
	reporting_year INTEGER NOT NULL,
	indicator_set VARCHAR(80) NOT NULL,
	language VARCHAR(2) NOT NULL,
	options JSON NOT NULL,
	publishes_assessment BOOLEAN NOT NULL,
	state VARCHAR(30) NOT NULL,
	version INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	changed_at DATETIME NOT NULL,
	cluster_id INTEGER,
	resumes VARCHAR(30),
	signatory_id INTEGER,
	submitted_at DATETIME,
	progress JSON,
	criteria_done INTEGER NOT NULL,
	gwp_set VARCHAR(3) DEFAULT '' NOT NULL,
	deleted_at DATETIME,
	has_material_flow BOOLEAN NOT NULL,
	CONSTRAINT ck_declaration_gwp_set_known CHECK (gwp_set IN ('', 'AR4', 'AR5', 'AR6')),
	CONSTRAINT ck_declaration_language_known CHECK (language IN ('de', 'en')),
	CONSTRAINT ck_declaration_reporting_year_plausible CHECK (reporting_year BETWEEN 1900 AND 2100),
	CONSTRAINT ck_declaration_resumes CHECK (resumes IN ('draft', 'signing', 'submitted', 'changes-requested', 'approved', 'finished', 'reopened')),
	CONSTRAINT ck_declaration_state CHECK (state IN ('draft', 'signing', 'submitted', 'changes-requested', 'approved', 'finished', 'reopened')),
	CONSTRAINT ck_declaration_version_from_one CHECK (version >= 1),
	CONSTRAINT fk_declaration_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE SET NULL,
	CONSTRAINT fk_declaration_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT fk_declaration_signatory_id_account FOREIGN KEY(signatory_id) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_declaration PRIMARY KEY (id)
);

CREATE TABLE award (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	cluster_id INTEGER NOT NULL,
	name VARCHAR(200) NOT NULL,
	year INTEGER NOT NULL,
	nominate_until DATE NOT NULL,
	judge_until DATE NOT NULL,
	criteria JSON NOT NULL,
	state VARCHAR(30) NOT NULL,
	version INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	decided_at DATETIME,
	CONSTRAINT ck_award_awardstate CHECK (state IN ('draft', 'nominating', 'judging', 'decided')),
	CONSTRAINT ck_award_has_name CHECK (name <> ''),
	CONSTRAINT ck_award_judged_after_nominations CHECK (judge_until >= nominate_until),
	CONSTRAINT fk_award_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE
);

CREATE TABLE nomination (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	award_id INTEGER NOT NULL,
	consent_id INTEGER NOT NULL,
	example_id INTEGER,
	example_published_at DATETIME,
	title VARCHAR(200) NOT NULL,
	"before" TEXT NOT NULL,
	idea TEXT NOT NULL,
	done TEXT NOT NULL,
	effort TEXT NOT NULL,
	advice TEXT NOT NULL,
	is_public BOOLEAN NOT NULL,
	agreed_at DATETIME,
	prize VARCHAR(100) NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	CONSTRAINT ck_nomination_example_with_publication CHECK ((example_id IS NULL) = (example_published_at IS NULL)),
	CONSTRAINT ck_nomination_prize_of_agreed CHECK (prize = '' OR agreed_at IS NOT NULL),
	CONSTRAINT fk_nomination_award_id_award FOREIGN KEY(award_id) REFERENCES award (id) ON DELETE CASCADE,
	CONSTRAINT fk_nomination_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_nomination_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE,
	CONSTRAINT fk_nomination_example_id_good_example FOREIGN KEY(example_id) REFERENCES good_example (id) ON DELETE CASCADE,
	CONSTRAINT uq_nomination_award_id UNIQUE (award_id, consent_id)
);

CREATE TABLE juror (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	award_id INTEGER NOT NULL,
	name VARCHAR(200) NOT NULL,
	email VARCHAR(320) NOT NULL,
	language VARCHAR(2) NOT NULL,
	token_hash VARCHAR(64) NOT NULL,
	invited_at DATETIME NOT NULL,
	invited_by INTEGER,
	mail_id INTEGER,
	delivery VARCHAR(30) NOT NULL,
	refusal VARCHAR(30),
	CONSTRAINT ck_juror_email_in_small_letters CHECK (email = lower(email)),
	CONSTRAINT ck_juror_juror_delivery CHECK (delivery IN ('waiting', 'sent', 'folder', 'unclear', 'refused')),
	CONSTRAINT ck_juror_juror_refusal CHECK (refusal IN ('address', 'domain', 'full', 'sender', 'text', 'given-up', 'bounced', 'other')),
	CONSTRAINT ck_juror_token_hash_whole CHECK (length(token_hash) = 64),
	CONSTRAINT fk_juror_award_id_award FOREIGN KEY(award_id) REFERENCES award (id) ON DELETE CASCADE,
	CONSTRAINT fk_juror_invited_by_account FOREIGN KEY(invited_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_juror_mail_id_mail FOREIGN KEY(mail_id) REFERENCES mail (id) ON DELETE SET NULL,
	CONSTRAINT uq_juror_award_id UNIQUE (award_id, email),
	CONSTRAINT uq_juror_token_hash UNIQUE (token_hash)
);

CREATE TABLE juror_sheet (
	juror_id INTEGER NOT NULL,
	nomination_id INTEGER NOT NULL,
	points JSON NOT NULL,
	abstains BOOLEAN NOT NULL,
	word TEXT NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	CONSTRAINT fk_juror_sheet_juror_id_juror FOREIGN KEY(juror_id) REFERENCES juror (id) ON DELETE CASCADE,
	CONSTRAINT fk_juror_sheet_nomination_id_nomination FOREIGN KEY(nomination_id) REFERENCES nomination (id) ON DELETE CASCADE,
	CONSTRAINT pk_juror_sheet PRIMARY KEY (juror_id, nomination_id)
);

CREATE TABLE working_group (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	cluster_id INTEGER NOT NULL,
	name VARCHAR(200) NOT NULL,
	purpose TEXT NOT NULL,
	dates JSON NOT NULL,
	links JSON NOT NULL,
	criteria JSON NOT NULL,
	version INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT ck_working_group_has_name CHECK (name <> ''),
	CONSTRAINT fk_working_group_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE CASCADE
);

CREATE TABLE working_group_member (
	group_id INTEGER NOT NULL,
	consent_id INTEGER NOT NULL,
	joined_at DATETIME NOT NULL,
	CONSTRAINT fk_working_group_member_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE,
	CONSTRAINT fk_working_group_member_group_id_working_group FOREIGN KEY(group_id) REFERENCES working_group (id) ON DELETE CASCADE,
	CONSTRAINT pk_working_group_member PRIMARY KEY (group_id, consent_id)
);

CREATE TABLE "publication" (
	id INTEGER NOT NULL,
	declaration_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	slug VARCHAR(80) NOT NULL,
	published_at DATETIME NOT NULL,
	published_by INTEGER,
	revoked_at DATETIME,
	revoked_by INTEGER,
	company VARCHAR(500) NOT NULL,
	search_name VARCHAR(500) NOT NULL,
	sector VARCHAR(80) NOT NULL,
	indicator_set VARCHAR(80) NOT NULL,
	reporting_year INTEGER NOT NULL,
	size VARCHAR(30),
	quotable_refs TEXT,
	CONSTRAINT ck_publication_companysize CHECK (size IN ('micro', 'small', 'medium', 'large')),
	CONSTRAINT fk_publication_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_publication_published_by_account FOREIGN KEY(published_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_publication_revoked_by_account FOREIGN KEY(revoked_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT pk_publication PRIMARY KEY (id),
	CONSTRAINT uq_publication_slug UNIQUE (slug)
);

CREATE TABLE "residue_notice" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	consent_id INTEGER NOT NULL,
	kind VARCHAR(30) NOT NULL,
	title VARCHAR(200) NOT NULL,
	codes JSON NOT NULL,
	tonnes VARCHAR(40) NOT NULL,
	form VARCHAR(200) NOT NULL,
	available_from DATE,
	areas JSON NOT NULL,
	sentence TEXT NOT NULL,
	shown_at DATETIME,
	passed_on_tonnes VARCHAR(40),
	passed_on_year INTEGER,
	taken_down_at DATETIME,
	taken_down_reason TEXT NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by INTEGER,
	picture_alt TEXT NOT NULL,
	CONSTRAINT ck_residue_notice_has_title CHECK (title <> ''),
	CONSTRAINT ck_residue_notice_noticekind CHECK (kind IN ('offer', 'search')),
	CONSTRAINT ck_residue_notice_passed_on_with_tonnes_and_year CHECK ((passed_on_tonnes IS NULL) = (passed_on_year IS NULL)),
	CONSTRAINT ck_residue_notice_taken_down_with_reason CHECK ((taken_down_at IS NULL) = (taken_down_reason = '')),
	CONSTRAINT fk_residue_notice_changed_by_account FOREIGN KEY(changed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_residue_notice_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE
);

CREATE TABLE residue_picture (
	notice_id INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	content BLOB NOT NULL,
	CONSTRAINT ck_residue_picture_sha256_whole CHECK (length(sha256) = 64),
	CONSTRAINT fk_residue_picture_notice_id_residue_notice FOREIGN KEY(notice_id) REFERENCES residue_notice (id) ON DELETE CASCADE,
	CONSTRAINT pk_residue_picture PRIMARY KEY (notice_id)
);

CREATE TABLE neighbour_pair (
	first_id INTEGER NOT NULL,
	second_id INTEGER NOT NULL,
	proposed_by INTEGER NOT NULL,
	proposed_at DATETIME NOT NULL,
	accepted_at DATETIME,
	CONSTRAINT ck_neighbour_pair_lower_first CHECK (first_id < second_id),
	CONSTRAINT ck_neighbour_pair_proposed_by_one CHECK (proposed_by IN (first_id, second_id)),
	CONSTRAINT fk_neighbour_pair_first_id_cluster FOREIGN KEY(first_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_neighbour_pair_proposed_by_cluster FOREIGN KEY(proposed_by) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT fk_neighbour_pair_second_id_cluster FOREIGN KEY(second_id) REFERENCES cluster (id) ON DELETE CASCADE,
	CONSTRAINT pk_neighbour_pair PRIMARY KEY (first_id, second_id)
);

CREATE TABLE "consent_choice" (
	consent_id INTEGER NOT NULL,
	choice VARCHAR(30) NOT NULL,
	CONSTRAINT ck_consent_choice_consentchoice CHECK (choice IN ('profile', 'support', 'earlier-version', 'measures', 'examples', 'residues', 'residue-neighbours')),
	CONSTRAINT fk_consent_choice_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE,
	CONSTRAINT pk_consent_choice PRIMARY KEY (consent_id, choice)
);

CREATE TABLE company_confirmation (
	organisation_id INTEGER NOT NULL,
	confirmed_at DATETIME NOT NULL,
	confirmed_by INTEGER,
	CONSTRAINT fk_company_confirmation_confirmed_by_account FOREIGN KEY(confirmed_by) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_company_confirmation_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_company_confirmation PRIMARY KEY (organisation_id)
);

CREATE TABLE "cluster" (
	id INTEGER NOT NULL,
	name VARCHAR(500) NOT NULL,
	contact TEXT NOT NULL,
	created_at DATETIME NOT NULL,
	has_public_list BOOLEAN NOT NULL,
	archived_at DATETIME,
	reminds_invited BOOLEAN NOT NULL,
	confirmation_asked_at DATETIME,
	CONSTRAINT ck_cluster_has_name CHECK (name <> ''),
	CONSTRAINT pk_cluster PRIMARY KEY (id)
);

CREATE TABLE "event" (
	id INTEGER NOT NULL,
	declaration_id INTEGER,
	kind VARCHAR(30) NOT NULL,
	detail JSON NOT NULL,
	happened_at DATETIME NOT NULL,
	actor_id INTEGER,
	organisation_id INTEGER,
	cluster_id INTEGER,
	by_account BOOLEAN NOT NULL,
	CONSTRAINT ck_event_eventkind CHECK (kind IN ('created', 'declaration-deleted', 'declaration-restored', 'imported', 'settings-changed', 'section-saved', 'answer-restored', 'assessment-saved', 'measure-saved', 'measure-removed', 'measure-restored', 'example-saved', 'example-offered', 'example-published', 'example-returned', 'example-withdrawn', 'example-removed', 'figure-saved', 'figures-imported', 'line-saved', 'line-removed', 'line-restored', 'evidence-added', 'evidence-changed', 'evidence-removed', 'warning-explained', 'answers-taken-over', 'goal-reviewed', 'self-check-saved', 'sign-off-asked', 'sign-off-declined', 'submitted', 'finished', 'recalled', 'changes-requested', 'approved', 'approval-withdrawn', 'reopened', 'published', 'unpublished', 'verdict-given', 'remark-written', 'remark-resolved', 'review-assigned', 'conflict-marked', 'conflict-ended', 'contribution-asked', 'contribution-answered', 'contribution-revoked', 'profile-changed', 'sign-off-rule-changed', 'climate-goal-saved', 'member-invited', 'member-joined', 'member-changed', 'member-removed', 'invitation-revoked', 'consent-granted', 'consent-changed', 'consent-withdrawn', 'cluster-created', 'cluster-changed', 'company-invited', 'deadline-set', 'message-sent', 'release-made', 'release-withdrawn', 'joint-goal-saved', 'joint-sum-made', 'poll-opened', 'poll-closed', 'poll-deleted', 'residue-shown', 'residue-removed', 'residue-passed-on', 'residue-asked', 'residue-contact', 'residue-taken-down', 'neighbour-proposed', 'neighbour-accepted', 'neighbour-ended', 'award-nominated', 'award-withdrawn', 'juror-invited', 'award-decided', 'company-confirmed', 'confirmation-ended', 'archived', 'archive-ended')),
	CONSTRAINT fk_event_actor_id_account FOREIGN KEY(actor_id) REFERENCES account (id) ON DELETE SET NULL,
	CONSTRAINT fk_event_cluster_id_cluster FOREIGN KEY(cluster_id) REFERENCES cluster (id) ON DELETE SET NULL,
	CONSTRAINT fk_event_declaration_id_declaration FOREIGN KEY(declaration_id) REFERENCES declaration (id) ON DELETE CASCADE,
	CONSTRAINT fk_event_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
	CONSTRAINT pk_event PRIMARY KEY (id)
);

CREATE INDEX ix_answer_revision_ref ON answer_revision (declaration_id, ref, id);

CREATE INDEX ix_attendance_consent_id ON attendance (consent_id);

CREATE INDEX ix_award_cluster_id ON award (cluster_id);

CREATE INDEX ix_calculation_line_revision_line_id ON calculation_line_revision (line_id);

CREATE INDEX ix_calculation_line_year ON calculation_line (organisation_id, year, calculator);

CREATE INDEX ix_cluster_message_cluster_id ON cluster_message (cluster_id);

CREATE INDEX ix_cluster_staff_cluster_id ON cluster_staff (cluster_id);

CREATE INDEX ix_cohort_assignment_cohort_id ON cohort_assignment (cohort_id);

CREATE INDEX ix_cohort_assignment_organisation_id ON cohort_assignment (organisation_id);

CREATE INDEX ix_cohort_view_cluster_id ON cohort_view (cluster_id);

CREATE INDEX ix_cohort_view_cohort_id ON cohort_view (cohort_id);

CREATE INDEX ix_company_measure_counts_for ON company_measure (counts_for);

CREATE INDEX ix_company_measure_organisation_id ON company_measure (organisation_id);

CREATE INDEX ix_consent_cluster_id ON consent (cluster_id);

CREATE INDEX ix_declaration_cluster_id ON declaration (cluster_id);

CREATE INDEX ix_declaration_deleted ON declaration (organisation_id) WHERE deleted_at IS NOT NULL;

CREATE INDEX ix_earlier_link_invitation_id ON earlier_link (invitation_id);

CREATE INDEX ix_event_cluster_id ON event (cluster_id, happened_at);

CREATE INDEX ix_event_declaration_id ON event (declaration_id);

CREATE INDEX ix_event_organisation_id ON event (organisation_id, happened_at);

CREATE INDEX ix_evidence_use_datapoint ON evidence_use (datapoint);

CREATE INDEX ix_evidence_use_declaration_id ON evidence_use (declaration_id);

CREATE INDEX ix_evidence_use_file_id ON evidence_use (file_id);

CREATE INDEX ix_evidence_use_line_id ON evidence_use (line_id);

CREATE INDEX ix_explained_warning_revision_warning_id ON explained_warning_revision (warning_id);

CREATE INDEX ix_figure_revision_datapoint ON figure_revision (organisation_id, year, datapoint, id);

CREATE INDEX ix_good_example_consent_id ON good_example (consent_id);

CREATE INDEX ix_good_example_contact_id ON good_example (contact_id);

CREATE INDEX ix_good_example_organisation_id ON good_example (organisation_id);

CREATE INDEX ix_identity_account_id ON identity (account_id);

CREATE INDEX ix_invitation_cluster_id ON invitation (cluster_id);

CREATE INDEX ix_invitation_cohort_id ON invitation (cohort_id);

CREATE INDEX ix_invitation_declaration_id ON invitation (declaration_id);

CREATE INDEX ix_invitation_email ON invitation (email);

CREATE INDEX ix_invitation_mail_id ON invitation (mail_id);

CREATE INDEX ix_invitation_organisation_id ON invitation (organisation_id);

CREATE INDEX ix_joint_sum_company_organisation_id ON joint_sum_company (organisation_id);

CREATE INDEX ix_juror_email ON juror (email);

CREATE INDEX ix_juror_mail_id ON juror (mail_id);

CREATE INDEX ix_juror_sheet_nomination_id ON juror_sheet (nomination_id);

CREATE INDEX ix_mail_next_try ON mail (next_try);

CREATE INDEX ix_manager_news_account_id ON manager_news (account_id);

CREATE INDEX ix_manager_news_cluster_id ON manager_news (cluster_id);

CREATE INDEX ix_manager_news_declaration_id ON manager_news (declaration_id);

CREATE INDEX ix_member_note_author_id ON member_note (author_id);

CREATE INDEX ix_member_note_consent_id ON member_note (consent_id);

CREATE INDEX ix_membership_organisation_id ON membership (organisation_id);

CREATE INDEX ix_message_copy_account_id ON message_copy (account_id);

CREATE INDEX ix_message_copy_mail_id ON message_copy (mail_id);

CREATE INDEX ix_message_copy_message_id ON message_copy (message_id);

CREATE INDEX ix_message_copy_organisation_id ON message_copy (organisation_id);

CREATE INDEX ix_milestone_cohort_id ON milestone (cohort_id);

CREATE INDEX ix_milestone_reminder_milestone_id ON milestone_reminder (milestone_id);

CREATE INDEX ix_neighbour_pair_proposed_by ON neighbour_pair (proposed_by);

CREATE INDEX ix_neighbour_pair_second_id ON neighbour_pair (second_id);

CREATE INDEX ix_nomination_consent_id ON nomination (consent_id);

CREATE INDEX ix_nomination_example_id ON nomination (example_id);

CREATE INDEX ix_passkey_account_id ON passkey (account_id);

CREATE INDEX ix_poll_cluster_id ON poll (cluster_id);

CREATE INDEX ix_poll_company_answer_consent_id ON poll_company_answer (consent_id);

CREATE INDEX ix_poll_text_poll_id ON poll_text (poll_id);

CREATE INDEX ix_poll_ticket_poll_id ON poll_ticket (poll_id);

CREATE INDEX ix_print_record_file_sha256 ON print_record (file_sha256);

CREATE INDEX ix_publication_published_at ON publication (published_at);

CREATE INDEX ix_publication_reporting_year ON publication (reporting_year);

CREATE INDEX ix_publication_search_name ON publication (search_name);

CREATE INDEX ix_publication_sector ON publication (sector);

CREATE INDEX ix_recovery_code_account_id ON recovery_code (account_id);

CREATE INDEX ix_registration_email ON registration (email);

CREATE INDEX ix_release_company_declaration_id ON release_company (declaration_id);

CREATE INDEX ix_release_company_organisation_id ON release_company (organisation_id);

CREATE INDEX ix_remark_cluster_id ON remark (cluster_id);

CREATE INDEX ix_remark_declaration_id ON remark (declaration_id, section);

CREATE INDEX ix_remark_thread_id ON remark (thread_id);

CREATE INDEX ix_residue_inquiry_consent_id ON residue_inquiry (consent_id);

CREATE INDEX ix_residue_inquiry_own_notice_id ON residue_inquiry (own_notice_id);

CREATE INDEX ix_residue_notice_consent_id ON residue_notice (consent_id);

CREATE INDEX ix_residue_report_consent_id ON residue_report (consent_id);

CREATE INDEX ix_review_assignment_account_id ON review_assignment (account_id, cluster_id);

CREATE INDEX ix_review_conflict_organisation_id ON review_conflict (organisation_id);

CREATE INDEX ix_review_opening_declaration_id ON review_opening (declaration_id);

CREATE INDEX ix_room_cohort_id ON room (cohort_id);

CREATE INDEX ix_room_opened_by ON room (opened_by);

CREATE INDEX ix_sign_in_account_id ON sign_in (account_id);

CREATE INDEX ix_site_figure_year ON site_figure (organisation_id, year);

CREATE INDEX ix_snapshot_sha256 ON snapshot (sha256);

CREATE INDEX ix_stock_remark_cluster_id ON stock_remark (cluster_id);

CREATE INDEX ix_version_look_logo_id ON version_look (logo_id);

CREATE INDEX ix_version_look_portrait_id ON version_look (portrait_id);

CREATE INDEX ix_working_group_cluster_id ON working_group (cluster_id);

CREATE INDEX ix_working_group_member_consent_id ON working_group_member (consent_id);

CREATE UNIQUE INDEX uq_approval_version ON approval (declaration_id, version) WHERE withdrawn_at IS NULL;

CREATE UNIQUE INDEX uq_consent_standing ON consent (organisation_id, cluster_id) WHERE withdrawn_at IS NULL;

CREATE UNIQUE INDEX uq_declaration_year ON declaration (organisation_id, edition, reporting_year) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX uq_publication_standing ON publication (declaration_id) WHERE revoked_at IS NULL;

CREATE UNIQUE INDEX uq_release_open ON release (cluster_id, reporting_year) WHERE state <> 'made';

CREATE TRIGGER event_append_only BEFORE UPDATE OF id, organisation_id, declaration_id, kind, detail, happened_at, by_account ON event FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'events are only added'); END;

CREATE TRIGGER event_only_forgets BEFORE UPDATE OF actor_id, cluster_id ON event FOR EACH ROW WHEN ((NEW.actor_id IS NOT NULL AND NEW.actor_id IS DISTINCT FROM OLD.actor_id) OR (NEW.cluster_id IS NOT NULL AND NEW.cluster_id IS DISTINCT FROM OLD.cluster_id)) BEGIN SELECT RAISE(ABORT, 'events are only added'); END;

INSERT INTO alembic_version VALUES ('0048');
