"""The pages of the lesson, a row each: what is said, what is to be done and where, what is asked. Plain data.

The way is that of "The Annotated Diffusion Model" (Rogge and Rasul 2022): forward process, network, objective,
training, sampling, and then the tricks of denoising-diffusion-pytorch. Texts are English; the context "Lesson" has
their translations. In a text *…* is what stands on a control and `…` a name of the code; symbols are written x̂_0, ᾱ_t,
x_{t−1}.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import QT_TRANSLATE_NOOP

#: The translators' context of the pages.
CONTEXT = "Lesson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page.

    formula  a line each; painted
    own      what is so in the reader's own run: the first of them whose {numbers} are all known (see facts.py)
    where    a row of TARGETS: what *Show me* leads to
    done     a row of DEEDS: when the tick comes
    """

    title: str
    text: str
    source: str
    do: str
    where: str
    done: str
    question: str
    answer: str
    formula: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


#: Name → page, in their order.
PAGES: dict[str, Page] = {
    "begin": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "A network that takes noise away"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "A diffusion model learns one thing: to look at a picture with noise in it and say what the picture was. "
            "Making a picture is that, many times over. It begins with pure noise x_T, asks the network for its "
            "guess, takes a little of the noise away, and asks again. After the last step there is a picture that "
            "was in no folder.\n"
            "The twenty pages go the way of the article *The Annotated Diffusion Model*, on a run of yours: what is "
            "added, what the network is made of, what it is trained to say, and how pictures come out of it.",
        ),
        source="Ho et al. 2020, arXiv 2006.11239; Rogge & Rasul 2022, The Annotated Diffusion Model",
        do=QT_TRANSLATE_NOOP("Lesson", "Press *Generate* in the sampler and watch pictures come out of noise."),
        where="generate",
        done="generated",
        question=QT_TRANSLATE_NOOP(
            "Lesson", "The same seed gives the same pictures again. Where does variety come from?"
        ),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "From the noise alone. The seed says which x_T is drawn, and each x_T leads to another picture. Samplers "
            "that mix in noise on the way, such as DDPM, take that from the seed too.",
        ),
    ),
    "forward": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "The forward process"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "Training needs pictures with noise in them, and making those needs no network. The forward process "
            "mixes a clean picture x_0 with noise ε: for each pixel a number from a normal distribution. The "
            "timestep t says how much there is of each: at t = 0 hardly any noise, at T − 1 hardly any picture. The "
            "article first writes it as many small steps q(x_t | x_{t−1}). But normal noises add up to one normal "
            "noise, so that x_t is made in one go, for any t. `q_sample` does it in one line.",
        ),
        formula=("x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε",),
        source="Ho et al. 2020, arXiv 2006.11239, equation 4",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "In {run}, t = {t} of {T} leaves ᾱ_t = {alpha}: the picture is multiplied by {signal}, the noise by "
                "{noise}.",
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "In *Dataset*, drag t to the right until you can no longer tell what the picture shows.",
        ),
        where="forward_t",
        done="noised",
        question=QT_TRANSLATE_NOOP("Lesson", "Why are the factors √ᾱ_t and √(1−ᾱ_t), and not ᾱ_t and 1−ᾱ_t?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Variances add up, not amplitudes. The squares of the two factors add up to 1, so that pixels with "
            "variance 1 keep it at every t. The network sees numbers of one size, whatever the noise.",
        ),
    ),
    "schedule": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "How fast the noise grows"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "The schedule says how much noise each step adds: β_t is the share of the variance that step t replaces. "
            "What counts is the product of all 1 − β up to t, called ᾱ_t: the share of the picture's variance that "
            "is left. It falls from nearly 1 to nearly 0. ᾱ_t divided by 1 − ᾱ_t is the signal-to-noise ratio, SNR. "
            "Where it is 1, picture and noise are equally strong; around there shapes appear and vanish. Schedules "
            "differ most in how many steps they spend there.",
        ),
        formula=("ᾱ_t = (1−β_0)·(1−β_1) · … · (1−β_t)", "SNR_t = ᾱ_t / (1−ᾱ_t)"),
        source="Ho et al. 2020, arXiv 2006.11239, section 2; Nichol & Dhariwal 2021, arXiv 2102.09672, section 3.2",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "{run} has the schedule {schedule}: β goes from {beta_first} to {beta_last}, and picture and noise "
                "are equally strong at t = {t_even}.",
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "In *Dataset*, point at the curve of ᾱ_t to read it, and click where ᾱ_t = 0.5: there SNR = 1. The two "
            "drawn lines, ᾱ_t and √(1−ᾱ_t), cross elsewhere, at ᾱ_t ≈ 0.62.",
        ),
        where="forward_curve",
        done="even",
        question=QT_TRANSLATE_NOOP("Lesson", "ᾱ_t is a product of up to T numbers below 1. Why is it not 0 at once?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Most of them are barely below 1: the first β are less than a thousandth. Only near the end do cosine "
            "and sigmoid take large bites, and there little of the picture is left to lose.",
        ),
    ),
    "task": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "What the network is asked"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "The network is given x_t and t, and is asked what was mixed. There is no single right answer: many "
            "pictures could have become this x_t. In the mean square the best answer is the average of all of them, "
            "each weighted by how likely it is. At a large t that average is a blur; at a small t it is nearly the "
            "picture itself. This is why one guess from pure noise is no picture yet, and why the way back takes "
            "many steps.",
        ),
        formula=("x̂_0 = E[x_0 | x_t]",),
        source="Ho et al. 2020, arXiv 2006.11239; Efron 2011 (Tweedie's formula)",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "A picture of {run} is {side} pixels: {values} numbers go in, and as many come out.",
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "In the sampler, go to the first step (Home). At the left is what goes in, at the right what the network "
            "takes it to be.",
        ),
        where="first",
        done="first_step",
        question=QT_TRANSLATE_NOOP("Lesson", "At the first step all guesses look alike. Why?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Nothing in x_T says which picture it will be. The best guess is then the average of all training "
            "pictures, and it is nearly the same for every noise.",
        ),
    ),
    "unet": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "The U-Net"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "The network answers with as many numbers as it was given. A U-Net does that in two halves. On the way "
            "down it looks at ever lower resolution, with ever more channels, so that what is far apart comes "
            "together. On the way up the resolution comes back. Shortcuts carry what each stage knew on the way down "
            "over to the same stage on the way up; without them every detail would have to pass the narrow bottom. "
            "The article's U-Net has two ResNet blocks and an attention in each stage.",
        ),
        source="Ronneberger et al. 2015, arXiv 1505.04597; Ho et al. 2020, appendix B",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "The U-Net of {run} has {parameters} parameters and {stages} stages of {widths} channels. At its "
                "bottom the picture is {inner} px.",
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson", "In *Network*, click on a block of the way down, then on the one across from it."
        ),
        where="network_map",
        done="network_used",
        question=QT_TRANSLATE_NOOP("Lesson", "What would be lost without the shortcuts?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Where edges lie. The bottom has few pixels and many channels: it knows what is there better than where. "
            "The shortcuts bring the place back.",
        ),
    ),
    "block": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "The ResNet block"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "Most of the work is done by ResNet blocks, `ResnetBlock` in the code. Each has two convolutions of 3 × "
            "3 pixels, and each of those a normalisation (RMSNorm) and the activation SiLU. In the first of them the "
            "timestep comes in: it scales and shifts each channel. At the end the block's input is added to what "
            "came out. So a block only says what to change, and the gradient has a straight way back through all of "
            "them: deep networks can be trained because of that.",
        ),
        formula=(
            "h = SiLU(norm(conv(x))·(1+scale_t) + shift_t)",
            "x + SiLU(norm(conv(h)))",
        ),
        source="He et al. 2015, arXiv 1512.03385; Perez et al. 2017, arXiv 1709.07871",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "In {run} a block has {widths} channels, by its stage; the time comes to it as {time_dim} numbers.",
            ),
        ),
        do=QT_TRANSLATE_NOOP("Lesson", "In *Network*, select a ResNet block and read what it is made of."),
        where="network_block",
        done="network_used",
        question=QT_TRANSLATE_NOOP("Lesson", "What does a block do whose convolutions answer 0?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Nothing: its input goes through as it is. A new block can therefore do no harm, and learns from there. "
            "A block that only had its convolutions would have to learn first how to pass on what it was given.",
        ),
    ),
    "time": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "How the network knows t"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "The same weights work at every t, so the network must be told which it is. As a single number 399 and "
            "400 would be hard to tell apart. So t is written as sines and cosines of many frequencies, as a "
            "Transformer writes the places of words: the fast ones tell neighbours apart, the slow ones early from "
            "late. Two small layers make of them the time embedding, from which each ResNet block takes its scale "
            "and shift. In *Network* this is the green path.",
        ),
        formula=("sin(t·ω_i), cos(t·ω_i),   ω_i = 10000^(−i/(n − 1)),   n = d/2",),
        source="Vaswani et al. 2017, arXiv 1706.03762, section 3.5",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "In {run}, t becomes d = {dim} sines and cosines, and two layers make {time_dim} numbers of them.",
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "In the sampler, walk through five steps (→) and see how t and the noise go down together.",
        ),
        where="next",
        done="walked",
        question=QT_TRANSLATE_NOOP("Lesson", "What would the network do if nobody told it t?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "It would guess the amount of noise from the picture. That works where noise can be seen and fails near "
            "both ends, where a little more or less looks the same. To tell it costs next to nothing.",
        ),
    ),
    "attention": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "Attention"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "A convolution of 3 × 3 pixels sees only its neighbours. With attention each place looks at all others: "
            "it asks with a query q, each place answers with a key k, and what comes back is a mix of their values "
            "v, weighted by how well q and k match. Full attention compares every place with every other, so that "
            "its cost grows with the square of their number: it stands at the bottom, where there are few. Linear "
            "attention multiplies k and v first, and its cost grows with the number alone: it stands in the other "
            "stages.",
        ),
        formula=("softmax(q·kᵀ / √d)·v",),
        source="Vaswani et al. 2017, arXiv 1706.03762, equation 1; Shen et al. 2018, arXiv 1812.01243",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson", "In {run}, heads of each attention: {heads}; channels of each head: {head_dim}."
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "In *Network*, once a denoising is there, select an attention and click on a place of its picture: what "
            "does it look at?",
        ),
        where="network_attention",
        done="pointed",
        question=QT_TRANSLATE_NOOP("Lesson", "Why is full attention not used at every stage?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "32 × 32 places are 1,024, which makes a million pairs; 8 × 8 are 64, which makes 4,096. The same look "
            "costs 256 times as much one or two stages further up.",
        ),
    ),
    "objective": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "What is predicted: ε, x_0 or v"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "Whoever knows x_t and one of picture and noise knows the other, for the mix is a known sum. So the "
            "network can be asked for the noise ε, as in the article, for the picture x_0, or for v, a blend of "
            "both. What differs is where a mistake hurts. With ε, x̂_0 is divided by √ᾱ_t, which is nearly 0 at a "
            "large t: small errors become large ones. With x_0 the same happens to ε̂ at a small t. With v nothing "
            "is divided.",
        ),
        formula=(
            "ε:   x̂_0 = (x_t − √(1−ᾱ_t)·ε̂) / √ᾱ_t",
            "v:   x̂_0 = √ᾱ_t·x_t − √(1−ᾱ_t)·v̂",
        ),
        source="Ho et al. 2020, arXiv 2006.11239, equation 11; Salimans & Ho 2022, arXiv 2202.00512, appendix D",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "The network of {run} predicts {objective}. At its last t, ᾱ_t is {alpha_last}: with ε, an error "
                "would be multiplied by {blown_up} there.",
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "In the sampler, press the title of the right well and choose the predicted noise ε̂.",
        ),
        where="well_title",
        done="layer",
        question=QT_TRANSLATE_NOOP("Lesson", "In ε̂ one can sometimes see the outline of a picture. What is it?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "The mistake of x̂_0. Both add up to x_t, so what the network misses in the picture it takes for noise.",
        ),
    ),
    "loss": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "The loss"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "The loss is the mean square of the difference between what the network says and what was asked, over "
            "all pixels. It comes from a bound on the likelihood of the pictures in which every t has a weight; Ho "
            "and others found that without these weights the pictures are better. The number itself says little. "
            "Noise that nobody can guess keeps it above zero for ever, and most of its ups and downs are which t "
            "were drawn. So it is looked at smoothed, t by t, and beside samples.",
        ),
        formula=("loss = E[ w(t)·‖ε − ε̂‖² ]",),
        source="Ho et al. 2020, arXiv 2006.11239, equation 14",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "In {run} it went from {first_loss} in the first steps to {last_loss} in the last hundred.",
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "In *Training*, take the smoothing of the loss to its left end: how much does a single step say?",
        ),
        where="smoothing",
        done="smoothed",
        question=QT_TRANSLATE_NOOP("Lesson", "The loss has become level, and the samples still get better. How?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Most of the loss is what cannot be guessed. What makes a picture good is a small part of it, at the t "
            "where shapes are decided; it can fall by half without being seen in the sum.",
        ),
    ),
    "step": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "One training step"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "A training step is short. Take a batch of pictures. Draw a t and a noise for each. Mix them to x_t. Ask "
            "the network, and compare. Move each weight θ a little against its gradient, by the learning rate η. "
            "This is done some thousand times, and nowhere in it are the T steps walked through: each picture is "
            "seen at one t. Beside the weights an average of them is kept, the EMA, which pictures are sampled with.",
        ),
        formula=("x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε", "θ ← θ − η·∇loss"),
        source="Ho et al. 2020, arXiv 2006.11239, algorithm 1",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "{run}: batches of {batch}, {steps} steps, learning rate up to {rate}; at each step the EMA keeps "
                "{ema} of what it was.",
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "Press *Start* (it reads *Resume* where a run was stopped, and *Train further* where it is through), watch "
            "it learn, and stop when you have seen enough.",
        ),
        where="start",
        done="trained",
        question=QT_TRANSLATE_NOOP("Lesson", "Why does each picture of a batch get a t of its own?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "So that each step learns a little at all noise levels. With one t for all, the gradient would pull the "
            "shared weights towards that t alone, and elsewhere at the next step.",
        ),
    ),
    "predictions": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "From the answer to x̂_0 and ε̂"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "Each step of sampling begins with a call of the network. `model_predictions` makes two guesses of its "
            "output that belong together: x̂_0, the picture, and ε̂, the noise. x̂_0 is clipped to −1 … 1, since no "
            "pixel is whiter than white. ε̂ is then computed anew from the clipped x̂_0, so that both still add up "
            "to x_t. The upper row of *This step* shows this with the numbers of your step.",
        ),
        formula=("ε̂ = (x_t − √ᾱ_t·x̂_0) / √(1−ᾱ_t)",),
        source="Ho et al. 2020, arXiv 2006.11239; Song et al. 2020, arXiv 2010.02502, equation 12",
        do=QT_TRANSLATE_NOOP("Lesson", "In the sampler, open *This step* (2) and point at a pixel to read its sum."),
        where="this_step",
        done="apart",
        question=QT_TRANSLATE_NOOP("Lesson", "Why is ε̂ computed anew after the clip?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Otherwise x̂_0 and ε̂ would no longer add up to x_t: what was cut off would be in neither. The step "
            "would then go on from a picture that was never there.",
        ),
    ),
    "posterior": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "One step back"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "If x_0 was known, so was the step back: q(x_{t−1} | x_t, x_0) is a normal distribution whose mean mixes "
            "x_0 and x_t. `q_posterior` has its coefficients. x_0 is not known, so `p_mean_variance` puts x̂_0 in "
            "its place. `p_sample` then draws: the mean μ_t, plus fresh noise z times σ_t. That noise is needed, for "
            "the mean alone is smoother than anything that the network has seen at t − 1. In the last step none is "
            "added.",
        ),
        formula=(
            "μ_t = √ᾱ_{t−1}·β_t/(1−ᾱ_t) · x̂_0 + √α_t·(1−ᾱ_{t−1})/(1−ᾱ_t) · x_t",
            "x_{t−1} = μ_t + σ_t·z",
        ),
        source="Ho et al. 2020, arXiv 2006.11239, equations 6 and 7, algorithm 2",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "In {run} at t = {t} the mean is {c_0} of x̂_0 and {c_t} of x_t, and σ_t is {sigma}.",
            ),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "In the sampler, choose *DDPM* with 50 steps and press *Generate*. Its noise z is in the lower row of "
            "*This step*.",
        ),
        where="sampler_choice",
        done="ddpm",
        question=QT_TRANSLATE_NOOP("Lesson", "The coefficient of x̂_0 is small. How does a picture come of it?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "A little at each step, and x_t carries on what came before. Towards the end the coefficient grows, and "
            "in the last step it is 1: the result is x̂_0.",
        ),
    ),
    "loop": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "The whole way"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "`p_sample_loop` is what remains: begin with noise x_T, and step back from t = T − 1 to 0. That is T "
            "calls of the network. DDIM makes fewer stops: it mixes x̂_0 and ε̂ anew for a much smaller s, without "
            "fresh noise, so that 25 calls do. Solvers of higher order use earlier answers too, and need fewer "
            "still. Large shapes come first, then parts, then edges: at a large t nothing else is left to be seen "
            "under the noise.",
        ),
        formula=("x_s = √ᾱ_s·x̂_0 + √(1−ᾱ_s)·ε̂",),
        source="Ho et al. 2020, arXiv 2006.11239, algorithm 2; Song et al. 2020, arXiv 2010.02502, equation 12",
        do=QT_TRANSLATE_NOOP(
            "Lesson", "Press *Play* (Space) and watch one picture: when can you tell what it will be?"
        ),
        where="play",
        done="played",
        question=QT_TRANSLATE_NOOP("Lesson", "Why not take x̂_0 of the first step and be done?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "It is the average of all pictures that could be meant. Each step decides a little, and the next guess "
            "is the average of those that are left: sharper each time.",
        ),
    ),
    "sigmoid": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "Trick: the sigmoid schedule"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "The linear schedule of the first paper wastes steps: long before the end hardly anything is left of the "
            "picture. The cosine lets ᾱ_t fall evenly. The sigmoid, the library's default, does so too, and three "
            "numbers bend it: start and end say which part of the curve σ is used, and τ how steep it is. Larger "
            "pictures need more noise, since many pixels say the same and the noise is averaged away. A schedule "
            "that suits 32 pixels is therefore too mild for 256.",
        ),
        formula=("ᾱ(u) ∝ σ(end/τ) − σ((u·(end−start)+start)/τ),   u = t/T",),
        source="Jabri et al. 2022, arXiv 2212.11972; Chen 2023, arXiv 2301.10972",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "With the schedule {schedule}, {lost} of the t of {run} leave less than a hundredth of the picture's "
                "variance. It would be {lost_linear} with the linear schedule and {lost_sigmoid} with the sigmoid.",
            ),
        ),
        do=QT_TRANSLATE_NOOP("Lesson", "In *Schedules*, look at the sigmoid beside the schedule of your run."),
        where="schedules",
        done="schedules_used",
        question=QT_TRANSLATE_NOOP("Lesson", "What goes wrong if ᾱ is still 0.01 at the last t?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Training then never shows pure noise: a tenth of the picture is in it, and with it the mean brightness. "
            "Sampling begins with pure noise all the same, and all pictures come out of a middling brightness.",
        ),
    ),
    "velocity": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "Trick: predict v"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "Write √ᾱ_t as cos φ and √(1−ᾱ_t) as sin φ. Then x_t moves along a quarter of a circle, from the picture "
            "to the noise, and v is its velocity: where x_t goes when φ grows. Near the picture v is almost the "
            "noise; near the noise it is almost the picture, with a minus. So the network is always asked for what "
            "x_t does not show. Its target has the same size at all t, and pure noise, where sampling begins, is no "
            "special case.",
        ),
        formula=("v = √ᾱ_t·ε − √(1−ᾱ_t)·x_0",),
        source="Salimans & Ho 2022, arXiv 2202.00512, section 4 and appendix D",
        own=(QT_TRANSLATE_NOOP("Lesson", "In {run}, t = {t} is φ = {phi}°."),),
        do=QT_TRANSLATE_NOOP("Lesson", "In *This step*, walk through five steps and follow the circle at the right."),
        where="circle",
        done="turned",
        question=QT_TRANSLATE_NOOP("Lesson", "What does a network learn at φ = 90° that predicts ε?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Nothing: x_t is the noise, and it only has to repeat its input. With v it must say which picture is "
            "likely, and that is what sampling needs at its first step.",
        ),
    ),
    "self_condition": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "Trick: self-conditioning"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "Each call of the network forgets the one before. With self-conditioning it is also given its own x̂_0 "
            "of the step before, as further channels beside x_t. In training half of the batches get zeros there. "
            "The other half get the x̂_0 of a first pass, through which no gradient goes. That makes training "
            "somewhat slower, and sampling not. The gain is largest where there are many steps, each of which can "
            "build on the one before.",
        ),
        formula=("x̂_0 = f(x_t, t, x̂'_0)",),
        source="Chen et al. 2022, arXiv 2208.04202, section 2.2",
        own=(
            QT_TRANSLATE_NOOP("Lesson", "{self_on}{run} trains with self-conditioning."),
            QT_TRANSLATE_NOOP("Lesson", "{run} trains without it."),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "None of the models that come along has it. In *Tricks*, turn it on for your next run, or press *Try it: "
            "twins*, which trains two short runs with it and without.",
        ),
        where="trick_self_condition",
        done="trick_tried",
        question=QT_TRANSLATE_NOOP("Lesson", "Why do half of the batches get zeros?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "The first step of sampling has no x̂_0 before it. The network must know what to do then, and must not "
            "come to lean on a guess alone.",
        ),
    ),
    "offset": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "Trick: offset noise"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "Noise of independent pixels hardly changes the mean brightness of a picture: over many pixels it "
            "averages out. So even at a large t the brightness can be read off x_t, and the network leaves it as it "
            "is. In sampling it is then that of the noise, always about grey. Offset noise adds one more random "
            "number for each channel, the same at all pixels. Brightness is noised too, the network learns to decide "
            "it, and very dark and very bright pictures become possible.",
        ),
        formula=("ε ← ε + s·δ,   δ ~ N(0, 1)",),
        source="Guttenberg 2023, CrossLabs, Diffusion with Offset Noise",
        own=(
            QT_TRANSLATE_NOOP("Lesson", "{run} trains with a strength of s = {offset}."),
            QT_TRANSLATE_NOOP(
                "Lesson",
                "{run} trains without it. The mean of its noise over {pixels} pixels varies by only {mean_sd}.",
            ),
        ),
        do=QT_TRANSLATE_NOOP("Lesson", "In *Tricks*, raise the offset noise and see what becomes of x_t."),
        where="trick_offset",
        done="tricks_used",
        question=QT_TRANSLATE_NOOP("Lesson", "Must the noise x_T of sampling have the offset too?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "Yes. Else all x_T are of middling brightness, as the network has rarely seen them, and pictures come "
            "out more alike in brightness than they should. The sampler here draws x_T as training drew its noise.",
        ),
    ),
    "immiscible": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "Trick: immiscible noise"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "Each picture is usually mixed with any noise, so that every place between them can come from any "
            "picture, and the answer at a large t is a blur. The immiscible trick exchanges the noises within a "
            "batch: each picture gets one that is near to it, by the assignment with the smallest sum of distances. "
            "The noise is as random as before over all pictures, but which noise leads to which picture is less of a "
            "tangle. It changes nothing else, and costs a moment for each batch.",
        ),
        formula=("min Σ_i ‖x_i − ε_{j(i)}‖",),
        source="Li et al. 2024, arXiv 2406.12303",
        own=(
            QT_TRANSLATE_NOOP("Lesson", "{immiscible_on}{run} trains with it, in batches of {batch}."),
            QT_TRANSLATE_NOOP("Lesson", "{run} trains without it, in batches of {batch}."),
        ),
        do=QT_TRANSLATE_NOOP("Lesson", "In *Tricks*, see which noise each picture of a batch is given."),
        where="trick_immiscible",
        done="tricks_used",
        question=QT_TRANSLATE_NOOP("Lesson", "Why must the noises be exchanged before x_t and the target are made?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "If x_t held one noise and the target another, the network would be asked for something that x_t says "
            "nothing of. The library has this mistake; here both are made of the same noise.",
        ),
    ),
    "min_snr": Page(
        title=QT_TRANSLATE_NOOP("Lesson", "Trick: min-SNR weights"),
        text=QT_TRANSLATE_NOOP(
            "Lesson",
            "The timesteps share their weights in the network, and pull at them in different directions. An error of "
            "x̂_0 counts by the SNR when ε is predicted: at small t, where the picture is nearly clean, that is "
            "enormous, and these t get most of the training for what nobody sees. Min-SNR lets the weight grow with "
            "the SNR up to γ = 5 and no further. It often reaches the same quality in a third of the steps. Which "
            "factor that takes depends on what is predicted.",
        ),
        formula=(
            "ε:   w(t) = min(SNR_t, γ) / SNR_t",
            "v:   w(t) = min(SNR_t, γ) / (SNR_t + 1)",
        ),
        source="Hang et al. 2023, arXiv 2303.09556",
        own=(
            QT_TRANSLATE_NOOP(
                "Lesson",
                "{run} has γ = {gamma}: below t = {t_gamma} the weight of an error of x̂_0 is held back.",
            ),
            QT_TRANSLATE_NOOP("Lesson", "{run} trains without it."),
        ),
        do=QT_TRANSLATE_NOOP(
            "Lesson",
            "In *Training*, set the bars of *Timesteps* to *× weight*: which t does the training look at?",
        ),
        where="timestep_mode",
        done="weighed",
        question=QT_TRANSLATE_NOOP("Lesson", "Why does the weight not simply stay 1 at every t?"),
        answer=QT_TRANSLATE_NOOP(
            "Lesson",
            "That is a choice as well: for ε it is the weight SNR on the error of x̂_0. Whichever number is "
            "compared, every loss weighs the timesteps somehow; min-SNR says which way on purpose.",
        ),
    ),
}
