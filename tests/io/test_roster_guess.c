/*
 * roster/guess: what is plain is taken, what is not is asked, and while it is open nobody who is at
 * work is departed, whatever the word, the title or the language.
 */
#include "guess_case.h"

#define GUESS(name, text)                                                                          \
    CLEANUP(guess_case_release) struct guess_case name = guess_of(text);                           \
    assert_guessed(&name)

static void assert_title(const struct guess_case *c, enum meaning meaning, const char *title)
{
    const char *got = title_of(c, meaning);

    if (!text_equal(got, title))
        fail_msg("%s is '%s', not '%s'", meaning_name(meaning), got ? got : "(none)",
                 title ? title : "(none)");
}

static enum person_status word_of(const struct guess_case *c, const char *word)
{
    for (size_t i = 0; i < c->guess.words; i++) {
        if (text_equal(c->guess.word[i].text, word))
            return c->guess.word[i].status;
    }
    fail_msg("'%s' is no word of the status", word);
    return PERSON_UNKNOWN;
}

TEST(roster_guess_of_a_usual_export_finds_columns_words_and_dates)
{
    GUESS(got, "\xEF\xBB\xBF"
               "EmpID;Work Email; Last_Name ;First_Name;EmploymentStatus;DateofHire;Salary\r\n"
               "1;a@b;X;Y;Active;2015/01/05;9\r\n"
               "2;c@d;X;Y;Voluntarily Terminated;2016/12/31;9\r\n"
               "3;c@d;X;Y;active;;9\r\n"
               "4;c@d;X;Y;Leave of absence;2016/02/01;9\r\n"
               "5;c@d;X;Y;Future Start;2016/02/01;9\r\n");

    assert_int_equal(got.guess.shape.delimiter, ';');
    assert_string_equal(got.guess.encoding, "UTF-8");
    assert_title(&got, MEANING_EMPLOYEE_NUMBER, "EmpID");
    assert_title(&got, MEANING_EMAIL, "Work Email");
    assert_title(&got, MEANING_LAST_NAME, "Last_Name");
    assert_title(&got, MEANING_FIRST_NAME, "First_Name");
    assert_title(&got, MEANING_STATUS, "EmploymentStatus");
    assert_title(&got, MEANING_HIRE_DATE, "DateofHire");
    assert_title(&got, MEANING_NAME, NULL);
    assert_title(&got, MEANING_LAST_DAY, NULL);
    assert_string_equal(roster_guess_of(&got.guess, MEANING_HIRE_DATE)->date_format, "%Y/%m/%d");
    assert_int_equal(word_of(&got, "Active"), PERSON_EMPLOYED);
    assert_int_equal(word_of(&got, "Voluntarily Terminated"), PERSON_DEPARTED);
    assert_int_equal(word_of(&got, "Leave of absence"), PERSON_ON_LEAVE);
    assert_non_null(asked(&got, GUESS_ABOUT_WORD, "Future Start"));
    assert_int_equal(questions_of(&got), 1);
    assert_int_equal(got.guess.rows, 5);
}

/* --- titles --- */

struct titles_of {
    const char *whose;
    const char *titles; /* by commas */
    const char *number, *email, *status, *last_day, *hire_date;
};

static const struct titles_of systems[] = {
    {"Workday", "Employee ID,Worker,Email - Primary Work,Hire Date,Termination Date,Active Status",
     "Employee ID", "Email - Primary Work", "Active Status", "Termination Date", "Hire Date"},
    {"BambooHR", "Employee #,First Name,Last Name,Work Email,Home Email,Status,Hire Date",
     "Employee #", "Work Email", "Status", NULL, "Hire Date"},
    {"Personio", "ID,First name,Last name,Email,Status,Hire date,Last day of work,Department", "ID",
     "Email", "Status", "Last day of work", "Hire date"},
    {"SuccessFactors", "STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,EMAIL,DEPARTMENT,HIREDATE",
     "USERID", "EMAIL", "STATUS", NULL, "HIREDATE"},
    {"SAP", "PERNR,Vorname,Nachname,E-Mail,STAT2,Eintritt,Austritt", "PERNR", "E-Mail", "STAT2",
     "Austritt", "Eintritt"},
    {"ADP",
     "Associate ID,Legal First Name,Legal Last Name,Work Contact: Work Email,Position "
     "Status,Termination Date,Hire Date",
     "Associate ID", "Work Contact: Work Email", "Position Status", "Termination Date",
     "Hire Date"},
    {"Rippling", "Employee number,Full name,Work email,Personal email,Employment status,Start date",
     "Employee number", "Work email", "Employment status", NULL, "Start date"},
    {"HiBob", "Employee ID,Display name,Email,Lifecycle status,Start date,Termination date",
     "Employee ID", "Email", "Lifecycle status", "Termination date", "Start date"},
    {"UKG", "EecEmpNo,EepNameFirst,EepNameLast,EepAddressEMail,EecEmplStatus,EecDateOfTermination",
     "EecEmpNo", "EepAddressEMail", "EecEmplStatus", "EecDateOfTermination", NULL},
    {"Entra",
     "userPrincipalName,displayName,mail,employeeId,accountEnabled,employeeHireDate,"
     "employeeLeaveDateTime",
     "employeeId", "mail", "accountEnabled", "employeeLeaveDateTime", "employeeHireDate"},
    {"Deel", "Worker ID,Full name,Work email,Personal email,Employment status,Start date",
     "Worker ID", "Work email", "Employment status", NULL, "Start date"},
};

static const struct titles_of languages[] = {
    {"English", "Staff No.,Full Name,E-mail Address,Employee Status,Date left,Date hired",
     "Staff No.", "E-mail Address", "Employee Status", "Date left", "Date hired"},
    {"German",
     "Personalnummer,Nachname,Vorname,E-Mail (dienstlich),Beschäftigungsstatus,Austrittsdatum,"
     "Eintrittsdatum",
     "Personalnummer", "E-Mail (dienstlich)", "Beschäftigungsstatus", "Austrittsdatum",
     "Eintrittsdatum"},
    {"French", "Matricule,Nom,Prénom,Adresse e-mail,Statut,Date de sortie,Date d'entrée",
     "Matricule", "Adresse e-mail", "Statut", "Date de sortie", "Date d'entrée"},
    {"Spanish",
     "N.º empleado,Apellidos,Nombre,Correo electrónico,Estado,Fecha de baja,Fecha de alta",
     "N.º empleado", "Correo electrónico", "Estado", "Fecha de baja", "Fecha de alta"},
    {"Dutch",
     "Personeelsnummer,Achternaam,Voornaam,Zakelijk e-mailadres,Status,Datum uit dienst,Datum in "
     "dienst",
     "Personeelsnummer", "Zakelijk e-mailadres", "Status", "Datum uit dienst", "Datum in dienst"},
    {"Italian", "Matricola,Cognome,Nome,E-mail aziendale,Stato,Data cessazione,Data di assunzione",
     "Matricola", "E-mail aziendale", "Stato", "Data cessazione", "Data di assunzione"},
    {"Portuguese", "Matrícula,Nome completo,E-mail,Situação,Data de desligamento,Data de admissão",
     "Matrícula", "E-mail", "Situação", "Data de desligamento", "Data de admissão"},
    {"Polish",
     "Numer pracownika,Nazwisko,Imię,Adres e-mail,Status zatrudnienia,Data zwolnienia,Data "
     "zatrudnienia",
     "Numer pracownika", "Adres e-mail", "Status zatrudnienia", "Data zwolnienia",
     "Data zatrudnienia"},
    {"Japanese", "社員番号,氏名,メールアドレス,在籍状況,退職日,入社日", "社員番号",
     "メールアドレス", "在籍状況", "退職日", "入社日"},
};

/* A row in which every cell is filled, so that nothing is left out for being empty, and no cell is
 * a yes or a no, which is no day. */
static void add_row(struct text *csv, const char *titles)
{
    for (const char *c = titles; c; c = strchr(c, ',') ? strchr(c, ',') + 1 : NULL)
        text_addf(csv, "%sq", c == titles ? "" : ",");
    text_add_char(csv, '\n');
}

static void check_titles(const struct titles_of *titles)
{
    CLEANUP(text_release) struct text csv = TEXT_INIT;

    text_addf(&csv, "%s\n", titles->titles);
    add_row(&csv, titles->titles);
    GUESS(got, text_cstr(&csv));
    assert_title(&got, MEANING_EMPLOYEE_NUMBER, titles->number);
    assert_title(&got, MEANING_EMAIL, titles->email);
    assert_title(&got, MEANING_STATUS, titles->status);
    assert_title(&got, MEANING_LAST_DAY, titles->last_day);
    assert_title(&got, MEANING_HIRE_DATE, titles->hire_date);
    if (!title_of(&got, MEANING_NAME))
        assert_true(title_of(&got, MEANING_FIRST_NAME) && title_of(&got, MEANING_LAST_NAME));
}

TEST(roster_guess_knows_the_titles_of_the_usual_systems)
{
    for (size_t i = 0; i < COUNT_OF(systems); i++)
        check_titles(&systems[i]);
}

TEST(roster_guess_knows_titles_in_nine_languages)
{
    for (size_t i = 0; i < COUNT_OF(languages); i++)
        check_titles(&languages[i]);
}

TEST(roster_guess_compares_titles_without_what_does_not_show)
{
    GUESS(got, "Employee\xC2\xA0 ID,\xE2\x80\x8BWORK_E-MAIL,employment  status\n1,a@b,Active\n");

    assert_title(&got, MEANING_EMPLOYEE_NUMBER, "Employee\xC2\xA0 ID");
    assert_title(&got, MEANING_STATUS, "employment  status");
    assert_non_null(title_of(&got, MEANING_EMAIL));
}

/* Letters that Unicode does not take apart. */
TEST(roster_guess_compares_titles_with_letters_that_are_no_accented_ones)
{
    GUESS(got, "Numer pracownika;E-mail służbowy;Dział;Nazwisko\n1;a@b;IT;Łuczak\n");

    assert_title(&got, MEANING_EMAIL, "E-mail służbowy");
    assert_title(&got, MEANING_DEPARTMENT, "Dział");
}

/* --- words --- */

TEST(roster_guess_knows_plain_words_in_nine_languages)
{
    static const struct {
        const char *employed, *on_leave, *departed;
    } words[] = {{"ACTIVE", "Leave of Absence", "Terminated"},
                 {"Aktiv", "Elternzeit", "Ausgeschieden"},
                 {"Actif", "Congé parental", "Sorti"},
                 {"Activo", "Excedencia", "Cesado"},
                 {"In dienst", "Ouderschapsverlof", "Uit dienst"},
                 {"In servizio", "In aspettativa", "Cessato"},
                 {"Ativo", "Afastado", "Desligado"},
                 {"Zatrudniony", "Urlop wychowawczy", "Były pracownik"},
                 {"在職", "休職", "退職"}};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Status\n1,%s\n2,%s\n3,%s\n", words[i].employed,
                  words[i].on_leave, words[i].departed);
        GUESS(got, text_cstr(&csv));
        assert_int_equal(word_of(&got, words[i].employed), PERSON_EMPLOYED);
        assert_int_equal(word_of(&got, words[i].on_leave), PERSON_ON_LEAVE);
        assert_int_equal(word_of(&got, words[i].departed), PERSON_DEPARTED);
        assert_int_equal(questions_of(&got), 0);
    }
}

/* Whoever has one of these is at work, or may be. */
static const char *const unclear_words[] = {
    "To Be Terminated",
    "Notice",
    "Notice Period",
    "Serving Notice",
    "Pending Termination",
    "Resigned",
    "Leaver",
    "Inactive",
    "unemployed",
    "Pending",
    "leave soon",
    "left-handed",
    "on hold",
    "Terminating",
    "Not terminated",
    "Terminated?",
    "Non-Active",
    "Garden Leave",
    "Gekündigt",
    "Kündigung eingereicht",
    "Inaktiv",
    "Ruhend",
    "En préavis",
    "Inactif",
    "Démissionnaire",
    "Preaviso",
    "De baja",
    "Opgezegd",
    "In opzegtermijn",
    "Inactief",
    "In preavviso",
    "Dimissionario",
    "Aviso prévio",
    "Inativo",
    "W okresie wypowiedzenia",
    "Nieaktywny",
    "退職予定",
    "退職手続中",
    "Pre-hire",
    "Onboarding",
    "Hired",
    "Rehired",
    "A",
    "L",
    "T",
    "I",
    "X",
    "0",
    "1",
    "3",
    "true",
    "false",
    "Yes",
    "No",
    "Full-Time",
    "Contractor",
};

TEST(roster_guess_never_takes_an_unclear_word_and_asks_for_it)
{
    for (size_t i = 0; i < COUNT_OF(unclear_words); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Full Name,Status\n1,A B,Active\n2,C D,%s\n3,E F,Terminated\n",
                  unclear_words[i]);
        GUESS(got, text_cstr(&csv));
        if (word_of(&got, unclear_words[i]) != PERSON_UNKNOWN ||
            !asked(&got, GUESS_ABOUT_WORD, unclear_words[i]))
            fail_msg("'%s' was taken", unclear_words[i]);
        guess_case_read(&got, text_cstr(&csv), csv.length);
        assert_int_equal(got.read, 0);
        assert_int_equal(got.roster.person[1].status, PERSON_UNKNOWN);
        assert_int_equal(got.roster.person[2].status, PERSON_DEPARTED);
    }
}

TEST(roster_guess_of_words_that_all_are_unclear_still_maps_the_status)
{
    static const char csv[] = "Employee ID,Termination Date,Employment Status\n"
                              "1,,A\n2,2020-06-30,A\n3,2026-09-19,T\n4,,L\n";
    GUESS(got, csv);

    assert_title(&got, MEANING_STATUS, "Employment Status");
    guess_case_read(&got, csv, strlen(csv));
    assert_int_equal(got.read, 0);
    assert_int_equal(got.roster.rejected, 4);
    answer(&got, GUESS_ABOUT_WORD, "A", 0);
    answer(&got, GUESS_ABOUT_WORD, "T", 2);
    answer(&got, GUESS_ABOUT_WORD, "L", 1);
    assert_int_equal(questions_of(&got), 0);
    guess_case_read(&got, csv, strlen(csv));
    assert_int_equal(got.roster.person[0].status, PERSON_EMPLOYED);
    assert_int_equal(got.roster.person[1].status, PERSON_UNKNOWN); /* contradicts itself */
    assert_int_equal(got.roster.person[2].status, PERSON_DEPARTED);
    assert_int_equal(got.roster.person[3].status, PERSON_ON_LEAVE);
}

TEST(roster_guess_takes_the_words_that_a_person_has_sorted_before)
{
    CLEANUP(guess_case_release) struct guess_case got = {.read = -1};
    static const char csv[] = "Employee ID,Status\n1,a\n2,T\n3,Q\n";
    static const char *const employed[] = {"A"}, *const departed[] = {"T"};
    const struct config_roster known = {
        .status = {.employed = {employed, 1}, .departed = {departed, 1}}};

    got.result =
        roster_guess(&got.arena, csv, strlen(csv), true, NULL, &known, &got.guess, &got.err);
    assert_guessed(&got);
    assert_int_equal(word_of(&got, "a"), PERSON_EMPLOYED);
    assert_int_equal(word_of(&got, "T"), PERSON_DEPARTED);
    assert_int_equal(questions_of(&got), 1);
    assert_non_null(asked(&got, GUESS_ABOUT_WORD, "Q"));
}

TEST(roster_guess_takes_the_columns_that_a_person_has_said_before)
{
    CLEANUP(guess_case_release) struct guess_case got = {.read = -1};
    static const char csv[] = "Employee ID,Parking Card,to_date,Away\n1,Active,2020-02-01,no\n"
                              "2,Terminated,9999-01-01,no\n";
    const struct config_roster known = {.column.of = {[ROSTER_STATUS] = "Parking Card",
                                                      [ROSTER_LAST_DAY] = "to_date",
                                                      [ROSTER_ON_LEAVE] = "Away"}};

    got.result =
        roster_guess(&got.arena, csv, strlen(csv), true, NULL, &known, &got.guess, &got.err);
    assert_guessed(&got);
    assert_title(&got, MEANING_STATUS, "Parking Card");
    assert_title(&got, MEANING_LAST_DAY, "to_date");
    assert_title(&got, MEANING_ON_LEAVE, "Away");
    assert_int_equal(word_of(&got, "Terminated"), PERSON_DEPARTED);
    assert_int_equal(got.guess.questions, 0);

    /* A column of that name is gone: the title says what it is, and the rest is asked. */
    CLEANUP(guess_case_release) struct guess_case other = {.read = -1};
    static const char changed[] = "Employee ID,Status,Parking Card (old)\n1,Active,Active\n";
    other.result = roster_guess(&other.arena, changed, strlen(changed), true, NULL, &known,
                                &other.guess, &other.err);
    assert_guessed(&other);
    assert_title(&other, MEANING_STATUS, "Status");
    assert_non_null(asked(&other, GUESS_ABOUT_COLUMN, "Parking Card (old)"));
}

/* --- columns that look as if they mattered --- */

static const struct guess_question *question_about(const struct guess_case *c, const char *title)
{
    for (size_t i = 0; i < c->guess.questions; i++) {
        size_t column = c->guess.question[i].column;
        if (column != GUESS_NO_COLUMN && text_equal(c->guess.column[column].title, title))
            return &c->guess.question[i];
    }
    return NULL;
}

TEST(roster_guess_never_leaves_out_in_silence_what_looks_as_if_it_mattered)
{
    static const struct {
        const char *title, *value;
        bool departed, idle; /* the rules it blocks */
    } columns[] = {
        {"Payroll Status", "Y", true, true},     {"Position Status", "A", true, true},
        {"Statut du contrat", "x", true, true},  {"Anything", "Terminated", true, true},
        {"Bemerkung", "Elternzeit", true, true}, {"Is Active?", "Y", true, true},
        {"Terminated", "N", true, true},         {"Rehire Date", "2020-01-01", false, false},
        {"Wiedereintritt", "x", false, false},   {"Date of re-hire", "x", false, false},
        {"再入社日", "x", false, false},         {"Leave Type", "Sick", false, true},
        {"LOA Code", "x", false, true},          {"Abwesenheit", "x", false, true},
        {"Type de congé", "x", false, true},     {"Verlofsoort", "x", false, true},
        {"休業区分", "x", false, true},          {"Worker Type", "Contractor", false, false},
        {"雇用形態", "x", false, false},         {"Beschäftigungsart", "x", false, false},
        {"Rodzaj umowy", "x", false, false},
    };

    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Employment Status,%s\n1,Active,%s\n2,Active,\n",
                  columns[i].title, columns[i].value);
        GUESS(got, text_cstr(&csv));
        const struct guess_question *question = question_about(&got, columns[i].title);
        if (!question)
            fail_msg("'%s' was left out in silence", columns[i].title);
        if (question->blocks_departed != columns[i].departed ||
            question->blocks_idle != columns[i].idle)
            fail_msg("'%s' blocks departed %d, idle %d", columns[i].title,
                     question->blocks_departed, question->blocks_idle);
        assert_true(roster_guess_leave_out(&got.guess, columns[i].title));
        assert_int_equal(questions_of(&got), 0);
        assert_false(roster_guess_blocks_departed(&got.guess));
        answer(&got, GUESS_ABOUT_AWAY, NULL, 0);
        assert_false(roster_guess_blocks_idle(&got.guess));
    }
}

/* A status by its words alone: a card, a hand, a letter may say the same. */
TEST(roster_guess_of_words_under_any_other_title_asks_and_takes_none_for_the_status)
{
    static const struct {
        const char *title, *stays, *leaves;
    } columns[] = {
        {"Parking Card", "Active", "Terminated"},
        {"Mouse Hand", "Right", "Left"},
        {"Payroll Status", "Active", "Terminated"},
        {"VPN", "Active", "Inactive"},
        {"Vertrag", "Aktiv", "Ausgeschieden"},
        {"Badge", "Aktiv", "Ausgetreten"},
        {"Mutuelle", "Actif", "Parti"},
        {"Seguro", "Activo", "Baja"},
        {"Ziektekosten", "Actief", "Uit dienst"},
        {"Tessera", "Attivo", "Cessato"},
        {"Karta", "Aktywny", "Zwolniony"},
        {"é§è»", "Active", "Terminated"},
        {"Column7", "Active", "Left"},
        {"Terminated", "Active", "Terminated"},
    };

    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Name,Email,%s\n1,A,a@b.example,%s\n2,B,b@b.example,%s\n",
                  columns[i].title, columns[i].stays, columns[i].leaves);
        GUESS(got, text_cstr(&csv));
        assert_title(&got, MEANING_STATUS, NULL);
        const struct guess_question *question = question_about(&got, columns[i].title);
        if (!question || !question->blocks_departed || !question->blocks_idle)
            fail_msg("'%s' with '%s' is not asked", columns[i].title, columns[i].leaves);
        guess_case_read(&got, text_cstr(&csv), csv.length);
        for (size_t p = 0; p < got.roster.count; p++)
            assert_int_equal(got.roster.person[p].status, PERSON_EMPLOYED);
        answer(&got, GUESS_ABOUT_COLUMN, columns[i].title, 1);
        assert_title(&got, MEANING_STATUS, columns[i].title);
        assert_false(roster_guess_blocks_departed(&got.guess));
        if (asked(&got, GUESS_ABOUT_AWAY, NULL))
            answer(&got, GUESS_ABOUT_AWAY, NULL, 0);
        assert_false(roster_guess_blocks_idle(&got.guess));
    }
}

TEST(roster_guess_does_not_ask_about_what_only_looks_so)
{
    GUESS(got, "Employee ID,Employment Status,Marital Status,Visa Status,Salary,State,Manager\n"
               "1,Active,Married,H1B,9,Texas,Active Manager\n");

    assert_int_equal(questions_of(&got), 0);
    assert_false(roster_guess_leave_out(&got.guess, "Employee ID")); /* it is used */
    assert_false(roster_guess_leave_out(&got.guess, "Nothing"));
}

TEST(roster_guess_lets_a_person_exchange_the_status)
{
    GUESS(got, "Employee #,Status,Employment Status\n1,Active,Full-Time\n2,Inactive,Terminated\n");
    const char *used = title_of(&got, MEANING_STATUS);
    const char *other = text_equal(used, "Status") ? "Employment Status" : "Status";

    answer(&got, GUESS_ABOUT_COLUMN, other, 1);
    assert_title(&got, MEANING_STATUS, other);
    assert_null(question_about(&got, used));
}

TEST(roster_guess_maps_leave_in_a_column_of_its_own)
{
    static const char csv[] = "WorkerID,WorkerStatus,OnLeave\n1,Active,False\n2,Active,True\n";
    GUESS(got, csv);

    assert_title(&got, MEANING_ON_LEAVE, "OnLeave");
    assert_int_equal(questions_of(&got), 0);
    guess_case_read(&got, csv, strlen(csv));
    assert_int_equal(got.read, 0);
    assert_string_equal(got.config.roster.column.of[ROSTER_ON_LEAVE], "OnLeave");
}

TEST(roster_guess_asks_whether_the_end_of_something_is_the_last_day)
{
    static const char *const titles[] = {
        "to_date",         "End Date",    "Contract End Date", "Befristet bis", "Vertragsende",
        "Kündigungsdatum", "Date de fin", "Fecha fin",         "Einddatum",     "Data fine",
        "Data fim",        "Umowa do",    "契約終了日",        "ENDDA"};

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "emp_no,%s\n1,2020-02-01\n2,9999-01-01\n", titles[i]);
        GUESS(got, text_cstr(&csv));
        assert_title(&got, MEANING_LAST_DAY, NULL);
        assert_true(roster_guess_blocks_departed(&got.guess));
        guess_case_read(&got, text_cstr(&csv), csv.length);
        assert_int_equal(got.roster.person[0].status, PERSON_EMPLOYED);
        answer(&got, GUESS_ABOUT_LAST_DAY, titles[i], 0);
        assert_title(&got, MEANING_LAST_DAY, titles[i]);
        assert_int_equal(questions_of(&got), 0);
        guess_case_read(&got, text_cstr(&csv), csv.length);
        assert_int_equal(got.roster.person[0].status, PERSON_DEPARTED);
        assert_int_equal(got.roster.person[1].status, PERSON_EMPLOYED);
    }
}

TEST(roster_guess_of_a_contract_beside_a_last_day_uses_the_last_day)
{
    GUESS(got, "Personalnummer;Befristet bis;Austritt\n1;31.12.2026;\n2;31.12.2026;19.09.2026\n");

    assert_title(&got, MEANING_LAST_DAY, "Austritt");
    answer(&got, GUESS_ABOUT_LATER, "Befristet bis", 0); /* it lies behind the last day of a row */
    assert_int_equal(questions_of(&got), 0);
}

TEST(roster_guess_of_two_addresses_asks_which_is_the_work_address)
{
    GUESS(got, "Employee ID,Email,E-Mail-Adresse\n1,a@home.example,a@acme.example\n");

    assert_title(&got, MEANING_EMAIL, NULL);
    const struct guess_question *question = asked(&got, GUESS_ABOUT_EMAIL, NULL);
    for (size_t i = 0; question && question->choice[i]; i++) { /* by its title and its shape */
        assert_mentions(question->choice[i], "such as '…@");
        assert_null(strstr(question->choice[i], "a@"));
    }
    answer(&got, GUESS_ABOUT_EMAIL, NULL, 1);
    assert_title(&got, MEANING_EMAIL, "E-Mail-Adresse");
    assert_int_equal(questions_of(&got), 0);
}

TEST(roster_guess_of_a_private_address_takes_the_other)
{
    GUESS(got, "Employee ID,Personal Email,Email\n1,a@home.example,a@acme.example\n");

    assert_title(&got, MEANING_EMAIL, "Email");
    assert_int_equal(questions_of(&got), 0);
}

TEST(roster_guess_of_one_title_twice_names_neither)
{
    GUESS(got, "Email,Employee ID,Email\na@home.example,1,a@acme.example\n");

    assert_title(&got, MEANING_EMAIL, NULL);
    assert_asked(&got, GUESS_ABOUT_FILE, "Email", "is titled 'Email', so");
    GUESS(status, "Status,Employee ID,Status\nActive,1,Terminated\n");
    assert_title(&status, MEANING_STATUS, NULL);
    assert_true(roster_guess_blocks_departed(&status.guess));
    assert_true(roster_guess_blocks_idle(&status.guess));
}

TEST(roster_guess_without_a_key_says_so)
{
    GUESS(got, "Name,Status\nA,Active\nB,Terminated\n");

    assert_non_null(asked(&got, GUESS_ABOUT_FILE, NULL));
}

TEST(roster_guess_of_no_table_is_refused)
{
    static const char *const none[] = {"",   "\n\n",       "one line", "[]",
                                       "{}", "{\"a\": 1}", "[1, 2]",   "{\"a\": [{\"b\": NaN}]}"};

    for (size_t i = 0; i < COUNT_OF(none); i++) {
        CLEANUP(guess_case_release) struct guess_case got = guess_of(none[i]);
        if (got.result == 0)
            fail_msg("'%s' was taken for a roster", none[i]);
        assert_int_equal(got.err.code, ERR_ROSTER);
    }
}
