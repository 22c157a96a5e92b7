/*
 * Sixteen cultures in eight scripts. The lists are short on purpose: with some hundred thousand
 * accounts many people share a name, as they do in life, and only a number tells them apart.
 */
#include "names.h"

#include "base/cleanup.h"

/* clang-format off */
static const struct name english_given[] = {
    {"Oliver", NULL}, {"Amelia", NULL}, {"George", NULL}, {"Isla", NULL}, {"Harry", NULL},
    {"Ava", NULL}, {"Jack", NULL}, {"Emily", NULL}, {"Charlie", NULL}, {"Sophie", NULL},
    {"Thomas", NULL}, {"Grace", NULL}, {"James", NULL}, {"Lily", NULL}, {"William", NULL},
    {"Ella", NULL}, {"Henry", NULL}, {"Freya", NULL}, {"Edward", NULL}, {"Alice", NULL},
    {"Samuel", NULL}, {"Ruth", NULL}, {"Daniel", NULL}, {"Hannah", NULL}, {"Peter", NULL},
    {"Claire", NULL},
};
static const struct name english_family[] = {
    {"Smith", NULL}, {"Jones", NULL}, {"Taylor", NULL}, {"Brown", NULL}, {"Williams", NULL},
    {"Wilson", NULL}, {"Johnson", NULL}, {"Davies", NULL}, {"Patel", NULL}, {"Robinson", NULL},
    {"Wright", NULL}, {"Thompson", NULL}, {"Evans", NULL}, {"Walker", NULL}, {"White", NULL},
    {"Roberts", NULL}, {"Green", NULL}, {"Hall", NULL}, {"Wood", NULL}, {"Jackson", NULL},
    {"Clarke", NULL}, {"Harris", NULL}, {"Lewis", NULL}, {"Turner", NULL}, {"Cooper", NULL},
    {"Ward", NULL}, {"Morgan", NULL}, {"Bell", NULL}, {"Kelly", NULL}, {"O'Neill", "oneill"},
    {"Price-Jones", "pricejones"},
};

static const struct name american_given[] = {
    {"Liam", NULL}, {"Olivia", NULL}, {"Noah", NULL}, {"Emma", NULL}, {"Ethan", NULL},
    {"Mia", NULL}, {"Mason", NULL}, {"Abigail", NULL}, {"Logan", NULL}, {"Madison", NULL},
    {"Jacob", NULL}, {"Chloe", NULL}, {"Tyler", NULL}, {"Brooke", NULL}, {"Austin", NULL},
    {"Paige", NULL}, {"Caleb", NULL}, {"Autumn", NULL}, {"Wyatt", NULL}, {"Savannah", NULL},
    {"Maria", NULL}, {"Carlos", NULL},
};
static const struct name american_family[] = {
    {"Miller", NULL}, {"Anderson", NULL}, {"Thomas", NULL}, {"Moore", NULL}, {"Martin", NULL},
    {"Lee", NULL}, {"Perez", NULL}, {"Clark", NULL}, {"Ramirez", NULL}, {"Young", NULL},
    {"Allen", NULL}, {"King", NULL}, {"Scott", NULL}, {"Torres", NULL}, {"Nguyen", NULL},
    {"Hill", NULL}, {"Flores", NULL}, {"Adams", NULL}, {"Nelson", NULL}, {"Baker", NULL},
    {"Rivera", NULL}, {"Campbell", NULL}, {"Mitchell", NULL}, {"Carter", NULL}, {"Brooks", NULL},
    {"Hughes", NULL}, {"Foster", NULL}, {"Sanders", NULL},
};

static const struct name dutch_given[] = {
    {"Daan", NULL}, {"Sanne", NULL}, {"Sem", NULL}, {"Lotte", NULL}, {"Bram", NULL},
    {"Fleur", NULL}, {"Lars", NULL}, {"Anouk", NULL}, {"Thijs", NULL}, {"Femke", NULL},
    {"Jeroen", NULL}, {"Marieke", NULL}, {"Ruben", NULL}, {"Iris", NULL}, {"Sander", NULL},
    {"Noor", NULL}, {"Joost", NULL}, {"Eva", NULL}, {"Koen", NULL}, {"Maud", NULL},
    {"Wouter", NULL}, {"Esmée", "esmee"}, {"Zoë", "zoe"}, {"Jurriën", "jurrien"},
};
static const struct name dutch_family[] = {
    {"Jong", "jong"}, {"Vries", "vries"}, {"Berg", "berg"}, {"Bakker", NULL}, {"Visser", NULL},
    {"Smit", NULL}, {"Meijer", NULL}, {"Mulder", NULL}, {"Bos", NULL}, {"Vos", NULL},
    {"Peters", NULL}, {"Hendriks", NULL}, {"Dekker", NULL}, {"Brouwer", NULL}, {"Dijkstra", NULL},
    {"Haan", "haan"}, {"Jansen", NULL}, {"Vermeulen", NULL}, {"Kuijpers", NULL}, {"Heuvel", NULL},
    {"Wijk", NULL}, {"Linden", NULL}, {"Molenaar", NULL},
};
static const char *const dutch_infix[] = {"van", "de", "van der", "van den", "ter"};

static const struct name german_given[] = {
    {"Lukas", NULL}, {"Hannah", NULL}, {"Finn", NULL}, {"Lena", NULL}, {"Jonas", NULL},
    {"Marie", NULL}, {"Felix", NULL}, {"Clara", NULL}, {"Paul", NULL}, {"Greta", NULL},
    {"Jürgen", "juergen"}, {"Käthe", "kaethe"}, {"Sören", "soeren"}, {"Jörg", "joerg"},
    {"Björn", "bjoern"}, {"Anneliese", NULL}, {"Matthias", NULL}, {"Ulrike", NULL},
    {"Günther", "guenther"}, {"Sabine", NULL},
};
static const struct name german_family[] = {
    {"Müller", "mueller"}, {"Schmidt", NULL}, {"Schneider", NULL}, {"Fischer", NULL},
    {"Weber", NULL}, {"Meyer", NULL}, {"Wagner", NULL}, {"Becker", NULL}, {"Schulz", NULL},
    {"Hoffmann", NULL}, {"Schäfer", "schaefer"}, {"Koch", NULL}, {"Bauer", NULL},
    {"Richter", NULL}, {"Klein", NULL}, {"Wolf", NULL}, {"Schröder", "schroeder"},
    {"Neumann", NULL}, {"Schwarz", NULL}, {"Zimmermann", NULL}, {"Krüger", "krueger"},
    {"Groß", "gross"}, {"Weiß", "weiss"}, {"Jäger", "jaeger"},
};

static const struct name french_given[] = {
    {"Léa", "lea"}, {"Hugo", NULL}, {"Chloé", "chloe"}, {"Louis", NULL}, {"Camille", NULL},
    {"Jules", NULL}, {"Manon", NULL}, {"Gabriel", NULL}, {"Inès", "ines"},
    {"Raphaël", "raphael"}, {"Zoé", "zoe"}, {"Théo", "theo"}, {"Élise", "elise"},
    {"André", "andre"}, {"François", "francois"}, {"Hélène", "helene"},
    {"Jean-Luc", "jeanluc"}, {"Anaïs", "anais"}, {"Noël", "noel"}, {"Margaux", NULL},
};
static const struct name french_family[] = {
    {"Martin", NULL}, {"Bernard", NULL}, {"Dubois", NULL}, {"Thomas", NULL}, {"Robert", NULL},
    {"Richard", NULL}, {"Petit", NULL}, {"Durand", NULL}, {"Leroy", NULL}, {"Moreau", NULL},
    {"Simon", NULL}, {"Laurent", NULL}, {"Lefèvre", "lefevre"}, {"Michel", NULL},
    {"Garcia", NULL}, {"Fournier", NULL}, {"Girard", NULL}, {"Bonnet", NULL}, {"Dupont", NULL},
    {"Béranger", "beranger"}, {"Gauthier", NULL}, {"Château", "chateau"}, {"Núñez", "nunez"},
};

static const struct name polish_given[] = {
    {"Jakub", NULL}, {"Zuzanna", NULL}, {"Łukasz", "lukasz"}, {"Małgorzata", "malgorzata"},
    {"Piotr", NULL}, {"Agnieszka", NULL}, {"Paweł", "pawel"}, {"Katarzyna", NULL},
    {"Michał", "michal"}, {"Joanna", NULL}, {"Tomasz", NULL}, {"Ewa", NULL}, {"Krzysztof", NULL},
    {"Barbara", NULL}, {"Wojciech", NULL}, {"Żaneta", "zaneta"},
};
static const struct name polish_family[] = {
    {"Nowak", NULL}, {"Kowalski", NULL}, {"Wiśniewski", "wisniewski"}, {"Wójcik", "wojcik"},
    {"Kowalczyk", NULL}, {"Kamiński", "kaminski"}, {"Lewandowski", NULL},
    {"Zieliński", "zielinski"}, {"Szymański", "szymanski"}, {"Woźniak", "wozniak"},
    {"Dąbrowski", "dabrowski"}, {"Kozłowski", "kozlowski"}, {"Jankowski", NULL},
    {"Mazur", NULL}, {"Krawczyk", NULL}, {"Gołębiewski", "golebiewski"},
};

static const struct name czech_given[] = {
    {"Jiří", "jiri"}, {"Tereza", NULL}, {"Ondřej", "ondrej"}, {"Kateřina", "katerina"},
    {"Lukáš", "lukas"}, {"Eliška", "eliska"}, {"Matěj", "matej"}, {"Zdeňka", "zdenka"},
    {"Vojtěch", "vojtech"}, {"Barbora", NULL}, {"Šimon", "simon"}, {"Žofie", "zofie"},
};
static const struct name czech_family[] = {
    {"Novák", "novak"}, {"Svoboda", NULL}, {"Novotný", "novotny"}, {"Dvořák", "dvorak"},
    {"Černý", "cerny"}, {"Procházka", "prochazka"}, {"Kučera", "kucera"},
    {"Veselý", "vesely"}, {"Horák", "horak"}, {"Němec", "nemec"}, {"Pokorný", "pokorny"},
    {"Růžička", "ruzicka"},
};

static const struct name spanish_given[] = {
    {"Lucía", "lucia"}, {"Mateo", NULL}, {"Sofía", "sofia"}, {"Álvaro", "alvaro"},
    {"Martina", NULL}, {"Íñigo", "inigo"}, {"Paula", NULL}, {"Javier", NULL},
    {"Begoña", "begona"}, {"José", "jose"}, {"Carmen", NULL}, {"Andrés", "andres"},
    {"Ángela", "angela"}, {"Rubén", "ruben"}, {"Pilar", NULL}, {"Jesús", "jesus"},
};
static const struct name spanish_family[] = {
    {"García", "garcia"}, {"Fernández", "fernandez"}, {"González", "gonzalez"},
    {"Rodríguez", "rodriguez"}, {"López", "lopez"}, {"Martínez", "martinez"},
    {"Sánchez", "sanchez"}, {"Pérez", "perez"}, {"Gómez", "gomez"}, {"Ruiz", NULL},
    {"Díaz", "diaz"}, {"Muñoz", "munoz"}, {"Ibáñez", "ibanez"}, {"Peña", "pena"},
    {"Ortega", NULL}, {"Castro", NULL},
};

static const struct name nordic_given[] = {
    {"Björn", "bjorn"}, {"Åsa", "asa"}, {"Erik", NULL}, {"Ingrid", NULL}, {"Sören", "soren"},
    {"Märta", "marta"}, {"Lars", NULL}, {"Freja", NULL}, {"Øyvind", "oyvind"}, {"Sigrid", NULL},
    {"Jørgen", "jorgen"}, {"Astrid", NULL}, {"Mikkel", NULL}, {"Þóra", "thora"},
    {"Håkon", "hakon"}, {"Linnéa", "linnea"},
};
static const struct name nordic_family[] = {
    {"Andersson", NULL}, {"Johansson", NULL}, {"Karlsson", NULL}, {"Lindström", "lindstrom"},
    {"Bergström", "bergstrom"}, {"Sjöberg", "sjoberg"}, {"Åkesson", "akesson"},
    {"Hansen", NULL}, {"Nilsen", NULL}, {"Sørensen", "sorensen"}, {"Møller", "moller"},
    {"Østergård", "ostergaard"}, {"Virtanen", NULL}, {"Mäkelä", "makela"},
    {"Jónsdóttir", "jonsdottir"}, {"Lund", NULL},
};

static const struct name turkish_given[] = {
    {"Ayşe", "ayse"}, {"Mehmet", NULL}, {"Elif", NULL}, {"Mustafa", NULL},
    {"Gülşen", "gulsen"}, {"Çağlar", "caglar"}, {"İrem", "irem"}, {"Oğuz", "oguz"},
    {"Şule", "sule"}, {"Emre", NULL}, {"Özlem", "ozlem"}, {"Işıl", "isil"},
};
static const struct name turkish_family[] = {
    {"Yılmaz", "yilmaz"}, {"Kaya", NULL}, {"Demir", NULL}, {"Şahin", "sahin"},
    {"Çelik", "celik"}, {"Yıldız", "yildiz"}, {"Öztürk", "ozturk"}, {"Aydın", "aydin"},
    {"Arslan", NULL}, {"Doğan", "dogan"}, {"Kılıç", "kilic"}, {"Güneş", "gunes"},
};

static const struct name russian_given[] = {
    {"Дмитрий", "dmitri"}, {"Анна", "anna"}, {"Сергей", "sergei"},
    {"Ольга", "olga"}, {"Алексей", "alexei"}, {"Мария", "maria"},
    {"Иван", "ivan"}, {"Елена", "elena"}, {"Юрий", "yuri"},
    {"Наталья", "natalia"}, {"Михаил", "mikhail"}, {"Татьяна", "tatiana"},
    {"Олександр", "oleksandr"}, {"Ірина", "iryna"}, {"Богдан", "bohdan"},
    {"Яна", "yana"},
};
static const struct name russian_family[] = {
    {"Иванов", "ivanov"}, {"Смирнова", "smirnova"},
    {"Кузнецов", "kuznetsov"}, {"Попова", "popova"}, {"Соколов", "sokolov"},
    {"Лебедева", "lebedeva"}, {"Козлов", "kozlov"},
    {"Морозова", "morozova"}, {"Волков", "volkov"}, {"Павлова", "pavlova"},
    {"Шевченко", "shevchenko"}, {"Коваленко", "kovalenko"},
    {"Бондаренко", "bondarenko"}, {"Петровић", "petrovic"},
    {"Юсупов", "yusupov"}, {"Щукин", "shchukin"},
};

static const struct name greek_given[] = {
    {"Γιώργος", "giorgos"}, {"Μαρία", "maria"}, {"Νίκος", "nikos"},
    {"Ελένη", "eleni"}, {"Κώστας", "kostas"}, {"Κατερίνα", "katerina"},
    {"Δημήτρης", "dimitris"}, {"Σοφία", "sofia"},
    {"Παναγιώτης", "panagiotis"}, {"Ευγενία", "evgenia"},
    {"Χρήστος", "christos"}, {"Άννα", "anna"},
};
static const struct name greek_family[] = {
    {"Παπαδόπουλος", "papadopoulos"}, {"Αντωνίου", "antoniou"},
    {"Γεωργίου", "georgiou"}, {"Δημητρίου", "dimitriou"},
    {"Κωνσταντίνου", "konstantinou"}, {"Νικολάου", "nikolaou"},
    {"Οικονόμου", "oikonomou"}, {"Βασιλείου", "vasileiou"},
    {"Ιωάννου", "ioannou"}, {"Ζαχαρίου", "zachariou"}, {"Ψαρράς", "psarras"},
    {"Θεοδώρου", "theodorou"},
};

static const struct name arabic_given[] = {
    {"محمد", "mohammed"}, {"فاطمة", "fatima"}, {"أحمد", "ahmed"},
    {"عائشة", "aisha"}, {"علي", "ali"}, {"مريم", "maryam"}, {"عمر", "omar"},
    {"ليلى", "layla"}, {"يوسف", "youssef"}, {"نور", "noor"}, {"خالد", "khaled"},
    {"سارة", "sara"}, {"حسن", "hassan"}, {"هدى", "huda"},
};
static const struct name arabic_family[] = {
    {"الهاشمي", "alhashimi"}, {"النجار", "alnajjar"},
    {"المنصوري", "almansoori"}, {"الخطيب", "alkhatib"}, {"حداد", "haddad"},
    {"منصور", "mansour"}, {"عباس", "abbas"}, {"الفارسي", "alfarsi"},
    {"سليمان", "suleiman"}, {"الزهراني", "alzahrani"}, {"قاسم", "qasim"},
    {"إبراهيم", "ibrahim"},
};

static const struct name chinese_given[] = {
    {"伟", "wei"}, {"芳", "fang"}, {"娜", "na"}, {"秀英", "xiuying"}, {"敏", "min"},
    {"静", "jing"}, {"强", "qiang"}, {"磊", "lei"}, {"洋", "yang"}, {"艳", "yan"},
    {"勇", "yong"}, {"杰", "jie"}, {"涛", "tao"}, {"明", "ming"}, {"超", "chao"},
    {"丽华", "lihua"},
};
static const struct name chinese_family[] = {
    {"王", "wang"}, {"李", "li"}, {"张", "zhang"}, {"刘", "liu"}, {"陈", "chen"},
    {"杨", "yang"}, {"黄", "huang"}, {"赵", "zhao"}, {"吴", "wu"}, {"周", "zhou"},
    {"徐", "xu"}, {"孙", "sun"}, {"马", "ma"}, {"朱", "zhu"}, {"胡", "hu"},
    {"欧阳", "ouyang"},
};

static const struct name japanese_given[] = {
    {"翔太", "shota"}, {"陽菜", "hina"}, {"大輔", "daisuke"}, {"美咲", "misaki"},
    {"健一", "kenichi"}, {"由美子", "yumiko"}, {"拓也", "takuya"}, {"さくら", "sakura"},
    {"直樹", "naoki"}, {"恵", "megumi"}, {"誠", "makoto"}, {"愛", "ai"},
    {"ひろし", "hiroshi"}, {"真由美", "mayumi"},
};
static const struct name japanese_family[] = {
    {"佐藤", "sato"}, {"鈴木", "suzuki"}, {"高橋", "takahashi"}, {"田中", "tanaka"},
    {"伊藤", "ito"}, {"渡辺", "watanabe"}, {"山本", "yamamoto"}, {"中村", "nakamura"},
    {"小林", "kobayashi"}, {"加藤", "kato"}, {"吉田", "yoshida"}, {"山田", "yamada"},
    {"斎藤", "saito"}, {"井上", "inoue"},
};

static const struct name korean_given[] = {
    {"민준", "minjun"}, {"서연", "seoyeon"}, {"지훈", "jihoon"}, {"지우", "jiwoo"},
    {"현우", "hyunwoo"}, {"수빈", "subin"}, {"동현", "donghyun"}, {"은지", "eunji"},
    {"성민", "sungmin"}, {"하은", "haeun"}, {"재영", "jaeyoung"}, {"미경", "mikyung"},
};
static const struct name korean_family[] = {
    {"김", "kim"}, {"이", "lee"}, {"박", "park"}, {"최", "choi"}, {"정", "jung"},
    {"강", "kang"}, {"조", "cho"}, {"윤", "yoon"}, {"장", "jang"}, {"임", "lim"},
    {"한", "han"}, {"오", "oh"}, {"서", "seo"}, {"신", "shin"},
};

const struct culture cultures[] = {
    {"GB", "Europe/London", "en_GB", "Manchester",
     english_given, COUNT_OF(english_given), english_family, COUNT_OF(english_family), NULL, 0},
    {"US", "America/New_York", "en_US", "Boston",
     american_given, COUNT_OF(american_given), american_family, COUNT_OF(american_family), NULL, 0},
    {"NL", "Europe/Amsterdam", "nl_NL", "Utrecht",
     dutch_given, COUNT_OF(dutch_given), dutch_family, COUNT_OF(dutch_family), dutch_infix, COUNT_OF(dutch_infix)},
    {"DE", "Europe/Berlin", "de_DE", "Köln",
     german_given, COUNT_OF(german_given), german_family, COUNT_OF(german_family), NULL, 0},
    {"FR", "Europe/Paris", "fr_FR", "Lyon",
     french_given, COUNT_OF(french_given), french_family, COUNT_OF(french_family), NULL, 0},
    {"PL", "Europe/Warsaw", "pl_PL", "Łódź",
     polish_given, COUNT_OF(polish_given), polish_family, COUNT_OF(polish_family), NULL, 0},
    {"CZ", "Europe/Prague", "cs_CZ", "Brno",
     czech_given, COUNT_OF(czech_given), czech_family, COUNT_OF(czech_family), NULL, 0},
    {"ES", "Europe/Madrid", "es_ES", "Sevilla",
     spanish_given, COUNT_OF(spanish_given), spanish_family, COUNT_OF(spanish_family), NULL, 0},
    {"SE", "Europe/Stockholm", "sv_SE", "Göteborg",
     nordic_given, COUNT_OF(nordic_given), nordic_family, COUNT_OF(nordic_family), NULL, 0},
    {"TR", "Europe/Istanbul", "tr_TR", "İzmir",
     turkish_given, COUNT_OF(turkish_given), turkish_family, COUNT_OF(turkish_family), NULL, 0},
    {"RS", "Europe/Belgrade", "ru_RU", "Нови Сад",
     russian_given, COUNT_OF(russian_given), russian_family, COUNT_OF(russian_family), NULL, 0},
    {"GR", "Europe/Athens", "el_GR", "Θεσσαλονίκη",
     greek_given, COUNT_OF(greek_given), greek_family, COUNT_OF(greek_family), NULL, 0},
    {"AE", "Asia/Dubai", "ar_AE", "دبي",
     arabic_given, COUNT_OF(arabic_given), arabic_family, COUNT_OF(arabic_family), NULL, 0},
    {"CN", "Asia/Shanghai", "zh_CN", "上海",
     chinese_given, COUNT_OF(chinese_given), chinese_family, COUNT_OF(chinese_family), NULL, 0},
    {"JP", "Asia/Tokyo", "ja_JP", "東京",
     japanese_given, COUNT_OF(japanese_given), japanese_family, COUNT_OF(japanese_family), NULL, 0},
    {"KR", "Asia/Seoul", "ko_KR", "서울",
     korean_given, COUNT_OF(korean_given), korean_family, COUNT_OF(korean_family), NULL, 0},
};
const size_t culture_count = COUNT_OF(cultures);

const char *const departments[] = {
    "Marketing", "Sales", "IT", "Finance", "Human Resources", "Legal", "Production", "Logistics",
    "Research & Development", "Customer Service", "Design Studio", "Procurement",
};
const size_t department_count = COUNT_OF(departments);

const char *const jobs[] = {
    "Brand Manager", "Account Manager", "Engineer", "Controller", "Recruiter", "Counsel",
    "Operator", "Planner", "Researcher", "Support Agent", "Designer", "Buyer", "Photographer",
    "Copywriter", "Team Lead",
};
const size_t job_count = COUNT_OF(jobs);

const char *const service_names[] = {
    "dam-export", "web-sync", "pim-feed", "print-bridge", "archive", "newsletter", "cdn-purge",
    "asset-intake", "translation", "kiosk",
};
const size_t service_count = COUNT_OF(service_names);

/* clang-format on */
