"""Words that tell a language in a short message, also in Latin letters where it has others.

A word that ends in `-` stands for everything that begins like it. Letters are without accents,
as people type on a phone.
"""

_WORDS = {
    "de": """
        ich du wir ihr mich mir uns euch und oder aber nicht kein keine ist sind bin habe haben
        hat ein eine einen einem einer der die das den dem des mit fur auf bei von zum zur wie
        was wo wann wer warum welche gibt kann konnen mochte mochten wurde gerne gern bitte
        danke hallo guten tag morgen abend suche suchen brauche brauchen braucht unser unsere
        unseren mein meine meinen sehr auch noch schon heute jemand hilfe helfen dass wenn weil
        sich nach uber unter zeit moin servus grussgott tschuss nein ja doch mal eigentlich""",
    "en": """
        i you he she we they me my your our is are am was were be been do does did have has had
        the a an and or but not no yes to of in on at for with from about how what where when
        who why which can could would should want need help please thanks thank hello hi hey
        good this that there here it its some any someone anybody im dont cant id ive want
        looking like know get give make much many cheers bye ok""",
    "tr": """
        ben sen biz siz onlar bir bu su icin ile ve veya ama degil var yok mi mu nasil ne nerede
        nereye nereden kim neden niye hangi kac istiyorum istiyoruz istiyor lazim gerek
        gerekiyor merhaba selam selamlar gunaydin iyi gunler aksamlar tesekkur- sagol evet hayir
        tamam lutfen yardim- bana bize benim bizim dernek- almanca- turkce- turk- cok daha sonra
        once olarak olan oldu olur biliyor- biliyorum yapmak etmek ariyor- ariyoruz kadar gibi
        da de misiniz musunuz miyim mudur midir hocam abi""",
    "pl": """
        ja ty my wy jestem jest sa nie tak czy i oraz ale ze sie na do dla po od przy jak gdzie
        kiedy kto dlaczego co jaki jakie ktory chce chcialbym chcialabym chcemy mam mamy moge
        mozemy mozna potrzebuje potrzebujemy szukam szukamy prosze dziekuje dzieki dzien dobry
        czesc witam pomoc pomoca nasz nasza nasze naszego naszej moj moja mnie mi nam nas pan
        pani panstwa bardzo juz jeszcze tylko tez byc jezyk- polsk- niemieck- w z o u""",
    "it": """
        io tu noi voi loro mi ti ci vi lo la il gli le un una uno e o ma non di del della dello
        dei delle da in con su per tra come cosa dove quando chi perche quale quali sono sei
        siamo e ho hai abbiamo hanno vorrei vorremmo voglio posso possiamo potete bisogno cerco
        cerchiamo grazie ciao buongiorno buonasera salve aiuto aiutare nostro nostra nostri mio
        mia anche piu molto qualcuno qualcosa che si no sì nel nella al alla ai c'e lingua""",
    "fr": """
        je tu il elle nous vous ils me te se le la les un une des du de et ou mais ne pas non
        oui que qui quoi comment quand pourquoi quel quelle est suis sommes ai as avons avez ont
        voudrais voudrions veux voulons peux pouvons pouvez besoin cherche cherchons merci
        bonjour bonsoir salut coucou aide aider notre nos mon ma mes votre pour avec dans sur
        chez par aussi plus tres quelqu'un quelque ca c'est j'ai j'aimerais au aux en y""",
    "ru": """
        privet- zdravstv- zdrastv- dobry dobryj dobryi dobrogo spasibo pozhaluista pojaluista
        pozhaluysta menya mne menia moy moya moego nash- nasha nashego nashemu nam nas ya on ona
        oni vy kak gde kogda kto chto shto pochemu zachem skolko mozhno mogu mozhem mozhet hochu
        hotim khotim hotel- nuzhen nuzhna nuzhno nuzhny nuzhn- nujn- pomosh- pomoch pomog-
        perevod- obshchestv- obschestv- dlya est net da eto yest u moi ili no tolko ochen
        bolshoe bolshoy chelovek- lyud- detey rebenok rebenk- kvartir- rabot- uchit- yazyk-
        russk- govor- po-russki kuda obratit- obrat- vmeste zhalob- zabud- udalit- otmen-
        peredumal- nazad esli uzhe seychas segodnya zavtra svoi svoy poluchit- ischu ishchu
        ishem ishchem umeyu kazhd- otpishi- podpis- novost- zayav- moey moi dannye ugroz-
        pozhar- srochno umeret zhit- deneg dengi besplatn- uchit- nemeck- nemetsk- kurs- posobi-
        stoit plat- strani- druz- pogod- shutk- gotovit- prazdnik- pomeshch- arend- dotaci-
        proekt- svyaz- drugimi dobav- spisok vas vami vam svyazat- pozov- operator- cheloveka
        zhivo- shozhu soprovozhd- vrach- urok- volonter- bezhenc- menyu spasi- konechn- horosho
        khorosho ladno davay- poka svidan- pereduma- vernut- oshib- podskazhi- rasskazhi-
        hotelos- vstrech- den vecher utro skaz-""",
    "uk": """
        pryvit- vitayu dobryi dobroho dyakuyu diakuiu dyakuju bud laska budlaska meni mene moia
        moya nash- nasha nashoi nashoho nashii nam nas ya vy yak yaka yakyi de koly khto shcho
        scho chomu skilky skil- mozhna mozhu mozhemo khochu khochemo hochu khtiv khotila
        potriben potribna potribno potribne potribni potrib- dopomo- pereklad- spilk- spilts-
        dlia dlya ye nemaie nema ni tak tse ale abo duzhe lyudyn- liudyn- liud- dytyn- ditei
        kvartyr- pratsi- robot- mova movu movo- ukrain- hovor- shuka- zvernen- skarh- poskarzh-
        vydal- nazad skasuv- vdoma tilky zaraz sohodni zavtra svii svoi otrym- vmiiu vmiyu
        kozhn- pidkazh- rozkazh- zustrich- pobachen- skas- povern- krok vmiye- ukrainsk-
        nimetsk- nagrub- nahrub- vashom- biuro pohovor- poklych- zhyv- moieiu zaiavk- novyny
        rozsylk- dani dopomah- mene biut terminovo pozhezh- syl bezkosht- vchyty kudy zvernut-
        vyplat- koshtuye daie yaki zakhod- koly nastupn- sprav- zvisno treba harazd dobre
        bizhen- vashoho vulyts- likar- suprovod- trenuv- uroky urok- volonter- proekt- zal-
        kimnat- prymishch- spilkuv- den dobryj vechir ranku naviky navch- chy shchob zi vid
        hroshi""",
    "ar": """
        salam salaam assalam- alaikum aleikum marhaba marhaban ahlan ahla sabah masa el-kheir
        kheir shukran chokran choukran shokran afwan na3am aiwa aywa eh la2 mish mesh mush mu
        ana ente enta enti nahnu ihna ehna ni7na nehna baddi badna biddi bidna beddi bedna bghit
        bghina bgha oreed urid ureed nurid nureed aw yalla shu shou chou sho eish aish kif keef
        kifak kifik wein wayn wen fin feen emta imta amta min meen leish lesh 3alash laysh ma3
        ma3i 3and 3andi 3andna 3andkon li fi fih fiha fik fini el al wel lel bel bil lil 3al
        3ala hada hadi hayda hay haida mumkin momken moumkin bas bass ktir kteer jidan bezzaf
        mosa3- musa3- mousa- tarjam- motarjem- jam3iye- jam3iy- gam3iy- jamiy- a3mel a3raf 3ayez
        3aiz 3awez me7taj mehtaj muhtaj lazim lazem7 sa3ed- sa3dou- dars 3arabi arabi almani
        wallah inshallah ma mafi mafish mou w b la khalas batalt erja3 kabast ghalat ghayer
        lugha logha masari 7ada hada jawzi sarli talabi talab fi fiya fikom fikon badkon badda
        baddou baddo badak sa7 sa7i7 akid yeslamo salameh nokta insan ensan shakhs nas wlad
        el-wlad jdid maktab- fa3aliy- a5bar akhbar ma3lou- ma3loum- emsa7 eb3at- eshter- eshtek-
        yeqtol- yodrob- mout lajee- lajie- ghorfe ghourfe oda fadye sala tamwil da3m mahraj-
        maqar ajar tandem bsa3ed bsalle- bsalli- darreb btarjem etbarra- et6awa3 atatawa3 n3awen
        nqdr n9ri l7aflat kosksu iza la2an hon honi honik kaman shwayye chwiya habibi tab3an
        bokra bukra elyom lyom hal kayn kayen dyal dyali diyali nta nti rani""",
    "fa": """
        salam dorood khubi khobi khoobi chetori hastam hasti hast hastim nistam nist man ma
        shoma mikham mikhaim mikhahim mikhastam mikhad mikhast- mikonam mikonim mikone mikonid
        mishe mishavad mitoon- mitavan- mitun- konam kone konid konim kardam kardan beshe besham
        baraye barai bara azaye chi che chera koja kojast key kei chand chandta lotfan merci
        mersi mamnoon mamnun tashakor sepas bale baleh na nakheir aslan komak lazem daram darim
        dare darid nadaram nadarim in oon ke ba az be too tooye ro ra anjoman- zaban farsi
        almani dari motarjem- tarjome khone khune madrese bache- pool poul boodje daftar- edare
        doost- dus- bazi kar kari mardom emrooz farda hafte rahnama- rahnem- bebakh- khoda
        khodafez khoshhal yad begir- bego- begoo- esme esmam ham hamrah- donbale donbal dige
        digar khob khube ya nemidoonam nemidunam nemikham nemishe beshim ashna azaye ezafe list
        konan mardom camp bacheha bachehaye negah almani baraye ejare ziade mali darkhast bedim
        bedid jalase nafar mariz miram mirim moallem kelas zakhire eshtebah zadam kasi rahnamayi
        konin lazeme saat vaght vaqt rooz shanbe yekshanbe doshanbe panjshanbe jome sobh asr
        shab khabar- etela- shekayat- pak etelaat hazf laghv bikhial bargard ghabli pishnehad
        komaki davtalab- esme esm shomare javab ghazi vakil kart eghamat panahande- chikar
        bokon- hichi chejoori chetor mishnas- doktor""",
}

#: Words of another script than Latin that tell close relatives apart.
_OWN_SCRIPT = {
    "ru": """
        я ты мы вы он она они и или но не нет да что как где когда кто почему зачем сколько это
        меня мне нам нас мой моя наш наша есть можно могу хочу хотим нужен нужна нужно нужны для
        спасибо пожалуйста здравствуйте привет добрый день помощь помочь только очень еще если
        уже ищу ищем сейчас""",
    "uk": """
        я ти ми ви він вона вони і й та або але не ні так що як де коли хто чому скільки це мене
        мені нам нас мій моя наш наша є можна можу хочу хочемо потрібен потрібна потрібно
        потрібні для дякую будь ласка вітаю привіт добрий день допомога допомогти тільки дуже ще
        якщо вже шукаю шукаємо зараз чи з у в""",
    "ar": """
        أنا انا أنت انت نحن من في على إلى الى عن مع هل ما ماذا كيف أين اين متى لماذا هذا هذه
        التي الذي لا نعم أريد اريد نريد أحتاج احتاج نحتاج شكرا مرحبا السلام عليكم لو سمحت ممكن
        عندي عندنا بدي بدنا شو وين بغيت ان أن أو او و يوجد هناك كم لدي لدينا مساعدة كيفاش فين
        واش""",
    "fa": """
        من تو ما شما او آنها را از به با در برای که این آن چه چی چطور چگونه کجا کی چرا است هست
        نیست هستم هستیم دارم داریم می خواهم میخوام میخواهم می‌خواهم می‌خوام سلام ممنون مرسی تشکر
        لطفا بله نه کمک یک هم و یا اگر چند کنم کنیم کنید باشد شود میشه است؟ ام ها های""",
}

#: Words of German offices and of everyday life here that people use in every language.
_NEUTRAL_WORDS = """
    jobcenter job-center kulturamt sportamt auslanderbehorde ausländerbehörde ausländeramt
    grünflächenamt gruenflaechenamt sozialamt jugendamt standesamt wohnungsamt bürgeramt amt
    rathaus ausländerbeirat auslanderbeirat verein e.v. ehrenamt termin formular bescheid
    anmeldung wohnung miete kita kindergarten schule deutschkurs integrationskurs bamf wir
    wiesbaden biebrich kastel mainz-kastel erbenheim dotzheim klarenthal bierstadt schierstein
    westend nordenstadt sonnenberg rheingauviertel hessen frankfurt mainz deutschland germany
    migramundi berami caritas diakonie awo vhs whatsapp telegram facebook instagram zoom email
    e-mail mail newsletter workshop chat online internet ok okay hallo start menu menü stop test
    gu bvre ditib damigra whats app tel telefon handy pdf cv
"""
NEUTRAL = frozenset(_NEUTRAL_WORDS.split())


def telling_words() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Return, per language, whole words and beginnings that tell it."""
    return {
        language: (
            frozenset(word for word in words if not word.endswith("-")),
            tuple(word[:-1] for word in words if word.endswith("-")),
        )
        for language in _WORDS
        if (words := (_WORDS[language] + _OWN_SCRIPT.get(language, "")).split())
    }
