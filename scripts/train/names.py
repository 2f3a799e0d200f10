"""Names that training data of one period lacks, put in the place of others: see augment.py.

Given names and family names are common ones of the languages; the pairs that come out are nobody in particular.
Organisations and places are those that news of conflicts is about. All from general knowledge.
"""

import random

# Given names, family names, and what may come between.
ARABIC = (
    "Ahmad Ahmed Muhammad Mohammed Mohamed Mahmoud Mustafa Ali Hassan Hussein Omar Khalid Khaled Ibrahim Yousef Youssef Yusuf "
    "Abdullah Abdulrahman Abdel-Rahman Saleh Salem Samir Tariq Walid Ziad Nizar Faisal Fahd Hamza Bilal Anas Bashar Maher "
    "Jamal Kamal Karim Nabil Nasser Rami Riad Saad Said Sami Adnan Ayman Haitham Hisham Imad Ismail Jaber Qasim Kassem "
    "Fatima Aisha Amina Zainab Maryam Layla Leila Noor Nour Hanan Hala Rania Rana Salma Samira Yasmin Huda Iman Nadia "
    "Muqtada Haider Nouri Adel Mazloum Riyad Anwar Yasser Marwan Ghassan Wael Mazen Munir Naim Raed Suhail Taher Uday".split(),
    "Hassan Hussein Ahmad Khalil Mansour Haddad Khoury Nasrallah Najjar Qasim Saleh Shami Masri Halabi Hamdan Hamad Jabr "
    "Rashid Salim Suleiman Sharif Tamimi Obeidi Ubaidi Dulaimi Jubouri Janabi Maliki Abadi Sadr Hakim Amiri Khazali "
    "Zubaidi Samarrai Mosuli Baghdadi Tikriti Bayati Saadi Shammari Otaibi Qahtani Ghamdi Harbi Zahrani Dosari Thani "
    "Nahyan Maktoum Sabah Khalifa Hariri Jumblatt Berri Aoun Gemayel Mikati Salam Siniora Fayyad Dahlan Haniyeh Sinwar "
    "Deif Zarqawi Zawahiri Golani Jolani Idlibi Homsi Hamwi Darwish Kurdi Turkmani Atassi Bitar Sabbagh Barazi".split(),
)
TURKISH = (
    "Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim Ismail Osman Murat Ömer Yusuf Halil Süleyman Kemal Emre Burak Serkan "
    "Tolga Cem Can Deniz Ayşe Fatma Emine Zeynep Elif Merve Selin Hülya Sevgi Gülten Nazlı Şule Çiğdem Recep Tayyip "
    "Abdullah Bülent Devlet Meral Ekrem Hakan Hulusi Mevlüt Binali Cevdet Numan Yaşar İlker Erkan Volkan Uğur".split(),
    "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt "
    "Özkan Şimşek Polat Korkmaz Çakır Erdem Güneş Aksoy Bulut Güler Taş Avcı Ünal Tekin Bozkurt Kocaman Soylu Akar "
    "Fidan Çavuşoğlu Kalın Davutoğlu Babacan Kılıçdaroğlu İmamoğlu Bahçeli Akşener Gürsel Ergün Tanrıkulu Ateş".split(),
)
KURDISH = (
    "Azad Rojhat Baran Berzan Dilan Diyar Ferhad Ferhat Heval Hozan Jiyan Kawa Karwan Mazlum Mazloum Masoud Nechirvan "
    "Masrour Qubad Bafel Barham Nawzad Rebwar Rizgar Salar Serhat Shivan Siyamend Sherko Shilan Zilan Zelal Rojda Rojin "
    "Berivan Gulistan Hevrin Ilham Sinam Nuri Redur Polat Aldar Riza Cemil Murat Duran Bese Leyla Selahattin Figen".split(),
    "Barzani Talabani Kobani Abdi Muslim Xelil Khalil Ahmed Bayik Karayilan Kalkan Hozat Altun Demirtas Yuksekdag Zana "
    "Kaplan Baydemir Tugluk Salih Rasul Fuad Hawrami Zebari Mamand Shingali Afrini Qamishlo Derik Amude Hesen Bakir "
    "Mahmoud Osso Daoud Darwish Sheikhmous Cheikho Rojava Shahin Botani Dersimi Amed Serhed Zagros".split(),
)
PERSIAN = (
    "Ali Reza Hassan Hossein Mohammad Mahmoud Javad Abbas Amir Mehdi Saeed Qassem Ghasem Esmail Masoud Ebrahim Farhad "
    "Behrouz Dariush Kamran Maryam Zahra Fatemeh Narges Shirin Nasrin Azadeh Leila Parisa Sara Mina Mahsa Nika".split(),
    "Rouhani Ahmadinejad Khatami Larijani Zarif Araghchi Araqchi Salehi Soleimani Qaani Salami Bagheri Hajizadeh Raisi "
    "Pezeshkian Ghalibaf Velayati Shamkhani Vahidi Karimi Hosseini Mohammadi Ahmadi Rezaei Moradi Jafari Amini Ebadi".split(),
)
OTHER = (
    "Andriy Oleksandr Volodymyr Dmytro Sergei Sergey Vladimir Yevgeny Nikolai Dmitry Alexei Anatoly Svetlana Olena Iryna "
    "Amit Rajesh Sanjay Priya Anjali Imran Asif Shehbaz Bilawal Ashraf Hamid Gulbuddin Chinedu Ngozi Olusegun Aminu "
    "Abiy Tesfaye Debretsion Isaias Paul Salva Riek Kwame Nana Uhuru Raila Li Wang Zhang Chen Kim Park Nguyen Tran "
    "Jean-Pierre François Emmanuel Marine Angela Olaf Giorgia Pedro José María Lucía Kacper Viktor Ursula Jens Mette".split(),
    "Kovalenko Shevchenko Bondarenko Petrenko Zaluzhny Syrsky Ivanov Petrov Smirnov Volkov Lavrov Shoigu Patrushev "
    "Sharma Singh Gupta Patel Khan Bhutto Sharif Akhundzada Haqqani Karzai Okafor Adeyemi Okonkwo Bello Abubakar Tekle "
    "Gebremichael Afwerki Kagame Kiir Machar Mensah Odinga Kenyatta Wei Jun Xiaoming Jae-in Min-jun Dupont Lefèvre "
    "Müller Schäfer Rossi Bianchi García Fernández Nowak Wójcik Orbán Novák Johansson Andersen O'Brien MacDonald".split(),
)
MIDDLE_EAST = (ARABIC, TURKISH, KURDISH, PERSIAN)
PARTICLES = ("al-", "Al-", "al ", "el-", "Al ")

# Weighted by repetition: acronyms that are also words, and "IS" above all, are what a model misses.
ORGANISATIONS = (
    ["IS"] * 10
    + ["ISIS", "ISIL", "Daesh", "Islamic State"] * 3
    + [
        *("Islamic State of Iraq and the Levant", "ISIS-K", "ISWAP", "Islamic State West Africa Province", "al-Qaeda"),
        *("Al-Qaida", "Al Qaeda", "AQAP", "AQIM", "JNIM", "al-Nusra Front", "Jabhat al-Nusra", "Nusra Front", "HTS"),
        *("Hayat Tahrir al-Sham", "Ahrar al-Sham", "Jaysh al-Islam", "Faylaq al-Rahman", "Free Syrian Army", "FSA"),
        *("Syrian National Army", "SNA", "Sultan Murad Division", "Hamza Division", "Syrian Democratic Forces", "SDF"),
        *("YPG", "YPJ", "PYD", "PKK", "KCK", "HPG", "PJAK", "People's Protection Units", "Kurdistan Workers' Party"),
        *("Democratic Union Party", "KDP", "PUK", "KRG", "Kurdistan Regional Government", "Peshmerga", "Asayish"),
        *("Hezbollah", "Hizbullah", "Hizballah", "Amal", "Hamas", "Islamic Jihad", "PIJ", "Fatah", "PLO", "PFLP"),
        *("al-Qassam Brigades", "Palestinian Authority", "Houthis", "Ansar Allah", "Southern Transitional Council"),
        *("Popular Mobilization Forces", "PMF", "Hashd al-Shaabi", "Kataib Hezbollah", "Badr Organization", "Badr"),
        *("Asaib Ahl al-Haq", "Harakat al-Nujaba", "IRGC", "Quds Force", "Basij", "Islamic Revolutionary Guard Corps"),
        *("Taliban", "Haqqani network", "TTP", "Boko Haram", "al-Shabaab", "RSF", "Rapid Support Forces", "SAF", "TPLF"),
        *("Fano", "M23", "ADF", "FARC", "ELN", "LNA", "GNA", "Wagner", "Wagner Group", "Azov", "Grey Wolves", "FETÖ"),
        *("AKP", "CHP", "HDP", "MHP", "DEM Party", "Justice and Development Party", "TSK", "MIT", "Baath Party"),
        *("IDF", "Mossad", "Shin Bet", "Likud", "Knesset", "SAA", "Syrian Arab Army", "SANA", "Anadolu Agency"),
        *("UN", "NATO", "EU", "AU", "IAEA", "OPCW", "UNHCR", "UNRWA", "UNIFIL", "OCHA", "WFP", "WHO", "ICC", "OIC"),
        *("GCC", "Arab League", "Security Council", "UN Security Council", "White Helmets", "SOHR", "ICRC", "MSF"),
        *("Syrian Observatory for Human Rights", "Amnesty International", "Human Rights Watch", "Red Crescent"),
        *("CENTCOM", "US Central Command", "Pentagon", "State Department", "White House", "CIA", "Foreign Office"),
        *("Ministry of Defence", "Defense Ministry", "Foreign Ministry", "Interior Ministry", "Ministry of Health"),
        *("Golani Brigade", "101st Airborne Division", "Kremlin"),
    ]
)
PLACES = (
    "Aleppo|Homs|Hama|Idlib|Raqqa|ar-Raqqah|Deir ez-Zor|Deir al-Zour|Hasakah|al-Hasakah|Qamishli|Kobani|Kobane|Ayn al-Arab|"
    "Afrin|Manbij|al-Bab|Jarabulus|Tal Abyad|Ras al-Ain|Palmyra|Tadmur|Daraa|Deraa|Quneitra|Latakia|Tartus|Eastern Ghouta|"
    "Douma|Madaya|Baghouz|Abu Kamal|al-Tanf|Mosul|Kirkuk|Erbil|Irbil|Sulaymaniyah|Dohuk|Sinjar|Tal Afar|Tikrit|Baiji|Ramadi|"
    "Fallujah|Anbar|Nineveh|Diyala|Samarra|Najaf|Karbala|Basra|Baghdad|Makhmur|Qayyarah|Hawija|Ankara|Istanbul|Diyarbakır|"
    "Diyarbakir|Gaziantep|Şanlıurfa|Hatay|Kilis|Cizre|Şırnak|Hakkari|Suruç|Incirlik|İzmir|Gaza|Gaza City|Khan Younis|Rafah|"
    "Jenin|Nablus|Hebron|Ramallah|West Bank|Golan Heights|Tel Aviv|Haifa|Beirut|Tripoli|Sidon|Baalbek|Arsal|Sanaa|Aden|"
    "Hodeidah|Marib|Taiz|Tehran|Isfahan|Natanz|Qom|Mashhad|Kabul|Kandahar|Kunduz|Helmand|Peshawar|Khartoum|El Fasher|Darfur|"
    "Mogadishu|Kismayo|Benghazi|Sirte|Misrata|Derna|Tigray|Mekelle|Goma|Maiduguri|Kharkiv|Bakhmut|Mariupol|Kherson|Donbas|"
    "Zaporizhzhia|Rojava|Euphrates|Tigris|Strait of Hormuz|Red Sea|Bab al-Mandab|Omar oil field|al-Hol camp"
).split("|")

NATIONALITIES = (
    "Afghan Albanian Algerian American Argentine Armenian Australian Austrian Azerbaijani Bahraini Bangladeshi Belarusian "
    "Belgian Bolivian Bosnian Brazilian British Bulgarian Cambodian Cameroonian Canadian Chadian Chechen Chilean Chinese "
    "Colombian Congolese Croatian Cuban Cypriot Czech Danish Dutch Ecuadorian Egyptian Emirati Eritrean Estonian Ethiopian "
    "Filipino Finnish French Georgian German Ghanaian Greek Guatemalan Haitian Honduran Hungarian Indian Indonesian Iranian "
    "Iraqi Irish Israeli Italian Ivorian Jamaican Japanese Jordanian Kazakh Kenyan Kosovar Kurdish Kuwaiti Kyrgyz Latvian "
    "Lebanese Liberian Libyan Lithuanian Malaysian Malian Mauritanian Mexican Moldovan Mongolian Moroccan Mozambican "
    "Namibian Nepali Nicaraguan Nigerian Nigerien Norwegian Omani Pakistani Palestinian Panamanian Peruvian Polish "
    "Portuguese Qatari Romanian Russian Rwandan Saudi Scottish Senegalese Serbian Singaporean Slovak Somali Spanish "
    "Sudanese Swedish Swiss Syrian Taiwanese Tajik Tanzanian Thai Tunisian Turkish Turkmen Ugandan Ukrainian Uruguayan "
    "Uyghur Uzbek Venezuelan Vietnamese Yazidi Yemeni Zambian Zimbabwean"
).split()


def draw(kind: str, chance: random.Random) -> str:
    """A name of the type PER, ORG, LOC or MISC; those of MISC are nationalities."""
    if kind == "MISC":
        return chance.choice(NATIONALITIES)
    if kind == "ORG":
        return chance.choice(ORGANISATIONS)
    return chance.choice(PLACES) if kind == "LOC" else _person(chance)


def _person(chance: random.Random) -> str:
    people = chance.choice(MIDDLE_EAST) if chance.random() < 0.75 else OTHER
    given, family = chance.choice(people[0]), chance.choice(people[1])
    if people is ARABIC:
        if chance.random() < 0.5:
            family = chance.choice(PARTICLES) + family
        if chance.random() < 0.15:
            given = f"Abu {given}"
    roll = chance.random()
    if roll < 0.35:
        return family
    if roll < 0.45:
        return given
    middle = f" {chance.choice(people[0])}" if roll > 0.93 else ""
    return f"{given}{middle} {family}"
